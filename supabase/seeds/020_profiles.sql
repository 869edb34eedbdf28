-- What the twelve talents tell about themselves: some profiles are complete, some are new.

update public.profiles as p
set
  professional_title = v.title,
  bio = v.bio,
  skills = v.skills,
  portfolio_links = v.links,
  hourly_rate = v.rate,
  availability = v.availability,
  linkedin_url = v.linkedin
from (
  values
    ('alia@talent.example', 'Senior Video Editor',
     'Ten years of music videos and brand films. I cut to rhythm and deliver on the day I said.',
     array['Video Editing', 'Color Grading', 'Motion Graphics'],
     array['https://aliavance.example/reel', 'https://vimeo.example/aliavance'],
     75.00, 'available_now', 'https://linkedin.com/in/alia-vance-demo'),
    ('jun@talent.example', 'Motion Designer',
     'Titles, explainers and interface motion. Clean curves, few keyframes.',
     array['Motion Graphics', '2D Animation', 'After Effects'],
     array['https://junwatanabe.example'], 85.00, 'available_1_2_weeks', null),
    ('sofia@talent.example', 'UI/UX Designer',
     'Mobile products from first sketch to hand-over. I test with people before I polish.',
     array['UI Design', 'Figma', 'Prototyping'],
     array['https://sofiamarchetti.example'], 65.00, 'available_now',
     'https://linkedin.com/in/sofia-marchetti-demo'),
    ('kwame@talent.example', '3D Artist',
     'Product renders and small worlds in Blender.',
     array['3D Modeling', 'Blender'],
     array['https://kwamemensah.example'], 70.00, 'available_2_4_weeks', null),
    ('priya@talent.example', 'Brand Designer',
     'Identities for companies that grow: systems rather than logos.',
     array['Branding', 'Logo Design', 'Typography'],
     array['https://priyaraman.example'], 90.00, 'available_now', null),
    ('lucas@talent.example', 'Colorist',
     'DaVinci Resolve since version 9. Skin first, then the sky.',
     array['Color Grading', 'Video Editing'],
     array['https://lucasferreira.example'], 60.00, 'available_now', null),
    ('hanna@talent.example', 'Illustrator',
     'Editorial and packaging illustration, ink and tablet.',
     array['Illustration', 'Packaging Design'],
     array['https://hannanowak.example'], 55.00, 'not_available', null),
    ('omar@talent.example', 'Sound Designer',
     'Podcasts, trailers and everything that hums.',
     array['Sound Design', 'Audio Editing', 'Podcast Production'],
     array['https://omarhaddad.example'], 50.00, 'available_now', null),
    ('grace@talent.example', 'Social Video Editor',
     'Short cuts for small screens, captions included.',
     array['Video Editing', 'Subtitling'],
     array['https://graceobrien.example'], 40.00, 'available_1_2_weeks', null),
    ('mateo@talent.example', 'Character Animator', null,
     array['2D Animation', 'Character Animation'], array[]::text[], 48.00, 'available_now', null)
) as v (email, title, bio, skills, links, rate, availability, linkedin)
join auth.users as u on u.email = v.email
where p.id = u.id;
