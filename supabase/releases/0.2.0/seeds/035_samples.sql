-- All samples are links: SQL cannot upload files to Storage. For the same reason there are no
-- deliverables.

insert into public.project_samples (project_id, name, type, url, description, created_at)
select v.project::uuid, v.name, 'link', v.url, v.description, now() - v.days_ago * interval '1 day'
from (
  values
    ('50000000-0000-4000-8000-000000000001', 'Mood board',
     'https://example.com/boards/future-funk', 'Colors, light and film grain.', 20),
    ('50000000-0000-4000-8000-000000000001', 'Reference edit',
     'https://example.com/films/slow-breath', 'Reference for the pace of the second act.', 18),
    ('50000000-0000-4000-8000-000000000002', 'Last year''s trailer',
     'https://example.com/films/festival-2026', null, 6),
    ('50000000-0000-4000-8000-000000000004', 'Brand book',
     'https://example.com/books/kettle-and-crane', 'Typography and colors start on page 12.', 14),
    ('50000000-0000-4000-8000-000000000005', 'Interviews with field teams',
     'https://example.com/notes/field-interviews', 'Eight interviews; all of them mention gloves.', 9)
) as v (project, name, url, description, days_ago);
