-- Samples are links here: a file would need its bytes in Storage, which no seed can put there. For the
-- same reason nothing has been handed in yet.

insert into public.project_samples (project_id, name, type, url, description, created_at)
select v.project::uuid, v.name, 'link', v.url, v.description, now() - v.days_ago * interval '1 day'
from (
  values
    ('50000000-0000-4000-8000-000000000001', 'Mood board',
     'https://example.com/boards/future-funk', 'Colours and light; the grain on the right is what we want.', 20),
    ('50000000-0000-4000-8000-000000000001', 'Reference edit',
     'https://example.com/films/slow-breath', 'For the rhythm of the second act.', 18),
    ('50000000-0000-4000-8000-000000000002', 'Last year''s trailer',
     'https://example.com/films/festival-2026', null, 6),
    ('50000000-0000-4000-8000-000000000004', 'Brand book',
     'https://example.com/books/kettle-and-crane', 'Type and colours from page 12 on.', 14),
    ('50000000-0000-4000-8000-000000000005', 'Interviews with field teams',
     'https://example.com/notes/field-interviews', 'Eight of them; gloves come up in every one.', 9)
) as v (project, name, url, description, days_ago);
