begin;
select plan(42);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- Every other name of a type can be declared and sent
select is(
  (
    select array_agg(distinct b.id)
    from private.mime_type_aliases() as a
    join private.file_types as t using (mime_type)
    join storage.buckets as b on b.id = case t.upload_type
      when 'deliverable' then 'deliverables'
      when 'sample' then 'project-samples'
      when 'avatar' then 'avatar-uploads'
      else 'message-attachments'
    end
    where a.alias <> all (b.allowed_mime_types) or t.mime_type <> all (b.allowed_mime_types)
  ),
  null, 'every bucket accepts every name of its types'
);
select is(
  array(select a.mime_type from private.mime_type_aliases() as a except select mime_type from private.file_types),
  '{}', 'every other name belongs to a type that can be uploaded'
);

select tests.act_as((select talent from s));
create function pg_temp.reserved(p_name text, p_mime text, p_type text default 'deliverable')
  returns jsonb language sql as $$
  with made as materialized (
    select api.create_upload(
      p_type, p_name, '10', p_mime,
      case p_type when 'deliverable' then project::text end,
      case p_type when 'deliverable' then task::text end
    ) as upload
    from s
  )
  select jsonb_build_array(upload -> 'fileName', upload -> 'mimeType') from made
$$;
create function pg_temp.refused(p_name text, p_mime text)
  returns jsonb language sql as $$
  select tests.error_of(format(
    'select api.create_upload(%L, %L, %L, %L, %L, %L)', 'deliverable', p_name, 10, p_mime, project, task
  )) -> 'fields'
  from s
$$;

savepoint before_files;
select is(pg_temp.reserved(name, mime), jsonb_build_array(stored, type), format('%s as %s', name, mime))
from (
  values
    ('cut.jpg', 'image/jpg', 'cut.jpg', 'image/jpeg'),
    ('cut.jpg', 'IMAGE/PJPEG; charset=binary', 'cut.jpg', 'image/jpeg'),
    ('cut.jfif', 'image/jpeg', 'cut.jfif', 'image/jpeg'),
    ('cut.JFIF', 'image/jfif', 'cut.JFIF', 'image/jpeg'),
    ('cut.png', 'image/x-png', 'cut.png', 'image/png'),
    ('cut.rar', 'application/x-rar', 'cut.rar', 'application/x-rar-compressed'),
    ('cut.zip', 'application/x-zip', 'cut.zip', 'application/zip'),
    ('cut.zip', 'x-zip', 'cut.zip', 'application/zip'),
    ('cut.mp4', 'application/octet-stream', 'cut.mp4', 'video/mp4')
) as file (name, mime, stored, type);
rollback to before_files;
select is(pg_temp.reserved(name, mime), jsonb_build_array(stored, type), format('%s as %s', name, mime))
from (
  values
    ('cut.mp4', '', 'cut.mp4', 'video/mp4'),
    ('cut.pdf', 'x/y', 'cut.pdf', 'application/pdf'),
    ('cut.mov', 'video/mp4', 'cut.mov', 'video/quicktime'),
    ('cut.mp4', 'video/quicktime', 'cut.mp4', 'video/mp4'),
    ('cut.m4v', 'video/x-m4v', 'cut.m4v', 'video/mp4'),
    ('cut..jpg', 'image/jpeg', 'cut..jpg', 'image/jpeg'),
    ('cut.jpg ', 'image/jpeg', 'cut.jpg', 'image/jpeg'),
    (U&' cut.jpg\00A0', 'image/jpeg', 'cut.jpg', 'image/jpeg'),
    ('cut.jpg. ', 'image/jpeg', 'cut.jpg', 'image/jpeg')
) as file (name, mime, stored, type);
rollback to before_files;
select is(pg_temp.reserved(name, mime), jsonb_build_array(stored, type), format('%s as %s', name, mime))
from (
  values
    (U&'cut.jpg\200E', 'image/jpeg', U&'cut.jpg\200E', 'image/jpeg'),
    (U&'gnp\202Eexe.png', 'image/png', 'gnpexe.png', 'image/png'),
    (U&'a\2067b\2069.png', 'image/png', 'ab.png', 'image/png'),
    (E'a\nb\tc.png', 'image/png', 'a b c.png', 'image/png'),
    (E'a\u0007b.png', 'image/png', 'ab.png', 'image/png'),
    ('a "cut".png', 'image/png', 'a "cut".png', 'image/png'),
    (U&'U\0308ber.png', 'image/png', U&'\00DCber.png', 'image/png')
) as file (name, mime, stored, type);
rollback to before_files;
select is(pg_temp.reserved('me.jfif', 'image/jpg', 'avatar'), '["me.jfif", "image/jpeg"]', 'an avatar, too');

-- What is still refused
select is(pg_temp.refused(name, mime), fields, format('%s as %s is refused', name, mime))
from (
  values
    ('a.jpg', 'image/png', '["fileName"]'::jsonb),
    ('a.heic', 'image/heic', '["mimeType"]'),
    ('a.avif', 'image/avif', '["mimeType"]'),
    ('a.m4a', 'audio/mp4', '["mimeType"]'),
    ('a.exe', 'image/png', '["fileName"]'),
    ('a.exe', 'application/octet-stream', '["mimeType"]'),
    ('a.svg', 'image/svg+xml', '["mimeType"]'),
    ('jpg', 'image/jpeg', '["fileName"]'),
    ('.jpg', 'image/jpeg', '["fileName"]'),
    ('. .jpg', 'image/jpeg', '["fileName"]'),
    ('a/b.jpg', 'image/jpeg', '["fileName"]'),
    ('a\b.jpg', 'image/jpeg', '["fileName"]'),
    (U&'\3164', 'image/jpeg', '["fileName"]'),
    ('a.', 'image/jpeg', '["fileName"]')
) as file (name, mime, fields);

select * from finish();
rollback;
