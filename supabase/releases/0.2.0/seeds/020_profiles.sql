-- Profiles of the twelve talents: some complete, some new.

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
     'Ten years of music videos and brand films. Precise rhythm, reliable delivery dates.',
     array['Video Editing', 'Color Grading', 'Motion Graphics'],
     array['https://aliavance.example/reel', 'https://vimeo.example/aliavance'],
     75.00, 'available_now', 'https://linkedin.com/in/alia-vance-demo'),
    ('jun@talent.example', 'Motion Designer',
     'Titles, explainer videos and interface animation.',
     array['Motion Graphics', '2D Animation', 'After Effects'],
     array['https://junwatanabe.example'], 85.00, 'available_1_2_weeks', null),
    ('sofia@talent.example', 'UI/UX Designer',
     'Mobile products from first sketch to final design, tested with users along the way.',
     array['UI Design', 'Figma', 'Prototyping'],
     array['https://sofiamarchetti.example'], 65.00, 'available_now',
     'https://linkedin.com/in/sofia-marchetti-demo'),
    ('kwame@talent.example', '3D Artist',
     'Product renders and environments in Blender.',
     array['3D Modeling', 'Blender'],
     array['https://kwamemensah.example'], 70.00, 'available_2_4_weeks', null),
    ('priya@talent.example', 'Brand Designer',
     'Brand identities and design systems for growing companies.',
     array['Branding', 'Logo Design', 'Typography'],
     array['https://priyaraman.example'], 90.00, 'available_now', null),
    ('lucas@talent.example', 'Colorist',
     'Color grading in DaVinci Resolve for film, music videos and commercials.',
     array['Color Grading', 'Video Editing'],
     array['https://lucasferreira.example'], 60.00, 'available_now', null),
    ('hanna@talent.example', 'Illustrator',
     'Editorial and packaging illustration, ink and tablet.',
     array['Illustration', 'Packaging Design'],
     array['https://hannanowak.example'], 55.00, 'not_available', null),
    ('omar@talent.example', 'Sound Designer',
     'Sound design and mixing for podcasts, trailers and games.',
     array['Sound Design', 'Audio Editing', 'Podcast Production'],
     array['https://omarhaddad.example'], 50.00, 'available_now', null),
    ('grace@talent.example', 'Social Video Editor',
     'Short vertical videos with captions for social media.',
     array['Video Editing', 'Subtitling'],
     array['https://graceobrien.example'], 40.00, 'available_1_2_weeks', null),
    ('mateo@talent.example', 'Character Animator', null,
     array['2D Animation', 'Character Animation'], array[]::text[], 48.00, 'available_now', null)
) as v (email, title, bio, skills, links, rate, availability, linkedin)
join auth.users as u on u.email = v.email
where p.id = u.id;
