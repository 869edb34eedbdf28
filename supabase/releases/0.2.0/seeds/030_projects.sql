-- Six projects in different states, with teams and tasks. Dates are relative to the day on which the
-- seeds run, so that the data always looks current.

insert into public.projects (id, creator_id, name, description, status, due_date)
select
  v.id::uuid, u.id, v.name, v.description, v.status, current_date + v.due_in
from (
  values
    ('50000000-0000-4000-8000-000000000001', 'maya@northlight.example',
     'Brand Collab - Future Funk',
     'A music video in three acts: storyboard, two shooting days, edit and color grade.',
     'in-progress', 45),
    ('50000000-0000-4000-8000-000000000002', 'maya@northlight.example',
     'Festival Trailer 2027', 'A 60-second trailer for next year''s festival.', 'planning', 90),
    ('50000000-0000-4000-8000-000000000003', 'daniel@kettleandcrane.example',
     'Autumn Packaging', 'Illustrations, typography and print files for five coffee bags.', 'completed', 10),
    ('50000000-0000-4000-8000-000000000004', 'daniel@kettleandcrane.example',
     'Brewing Guide Shorts', 'Twelve vertical clips, each about one brewing method.', 'in-progress', 30),
    ('50000000-0000-4000-8000-000000000005', 'ines@fieldnote.example',
     'Field App Redesign', 'A simpler home screen and a form that is usable with gloves.', 'in-progress', 60),
    ('50000000-0000-4000-8000-000000000006', 'tom@harbourfm.example',
     'Night Tide Podcast', 'Sound design and cover art for an eight-part series.', 'planning', 75)
) as v (id, email, name, description, status, due_in)
join auth.users as u on u.email = v.email;

insert into public.project_members (project_id, user_id, role)
select v.project::uuid, u.id, v.role
from (
  values
    ('50000000-0000-4000-8000-000000000001', 'alia@talent.example', 'Manager'),
    ('50000000-0000-4000-8000-000000000001', 'jun@talent.example', 'Titles'),
    ('50000000-0000-4000-8000-000000000001', 'lucas@talent.example', 'Colorist'),
    ('50000000-0000-4000-8000-000000000002', 'jun@talent.example', 'Motion Designer'),
    ('50000000-0000-4000-8000-000000000003', 'priya@talent.example', 'Brand Designer'),
    ('50000000-0000-4000-8000-000000000003', 'hanna@talent.example', 'Illustrator'),
    ('50000000-0000-4000-8000-000000000004', 'grace@talent.example', 'Video Editor'),
    ('50000000-0000-4000-8000-000000000004', 'omar@talent.example', 'Sound'),
    ('50000000-0000-4000-8000-000000000005', 'sofia@talent.example', 'Lead Designer'),
    ('50000000-0000-4000-8000-000000000006', 'omar@talent.example', 'Sound Designer'),
    ('50000000-0000-4000-8000-000000000006', 'hanna@talent.example', null)
) as v (project, email, role)
join auth.users as u on u.email = v.email;

insert into public.tasks (project_id, name, description, status, assignee_id, due_date)
select v.project::uuid, v.name, v.description, v.status, u.id, current_date + v.due_in
from (
  values
    ('50000000-0000-4000-8000-000000000001', 'Create storyboard', 'Twenty frames, rough sketches are enough.', 'completed', 'alia@talent.example', -12),
    ('50000000-0000-4000-8000-000000000001', 'Rough cut', 'All three acts, without color grading.', 'in-progress', 'alia@talent.example', 9),
    ('50000000-0000-4000-8000-000000000001', 'Title sequence', 'Eight seconds, with the logo on the last beat.', 'in-progress', 'jun@talent.example', 14),
    ('50000000-0000-4000-8000-000000000001', 'Color grade', '', 'planning', 'lucas@talent.example', 28),
    ('50000000-0000-4000-8000-000000000002', 'Style frames', 'Three directions to choose from.', 'planning', 'jun@talent.example', 21),
    ('50000000-0000-4000-8000-000000000003', 'Bag illustrations', '', 'completed', 'hanna@talent.example', -20),
    ('50000000-0000-4000-8000-000000000003', 'Type system', '', 'completed', 'priya@talent.example', -15),
    ('50000000-0000-4000-8000-000000000004', 'Edit clips 1-6', 'With captions.', 'in-progress', 'grace@talent.example', 7),
    ('50000000-0000-4000-8000-000000000004', 'Kitchen sounds', 'Kettle, grinder and pouring water.', 'completed', 'omar@talent.example', -3),
    ('50000000-0000-4000-8000-000000000005', 'Home screen', 'Two variants in Figma.', 'in-progress', 'sofia@talent.example', 12),
    ('50000000-0000-4000-8000-000000000005', 'Form study', '', 'planning', 'sofia@talent.example', 25),
    ('50000000-0000-4000-8000-000000000006', 'Theme', 'Thirty seconds, can be looped.', 'planning', 'omar@talent.example', 18)
) as v (project, name, description, status, email, due_in)
join auth.users as u on u.email = v.email;

-- No mails are sent about seeded data.
delete from private.outbox where private.notification_defaults() ? kind;
