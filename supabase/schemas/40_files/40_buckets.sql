-- Buckets in Storage.
--
--   avatars              public; paths cannot be guessed
--   avatar-uploads       private; receives avatars until the scan publishes them
--   deliverables, project-samples, message-attachments
--                        private; message-attachments accepts no uploads yet
--
-- The limits here are the largest of any type; the reservation and the confirmation check the limit
-- of the file's own type. The types include their other names, because browsers send those.

create function private.bucket_types(p_upload_type text)
  returns text[]
  language sql
  stable
  set search_path = ''
as $$
  select array_agg(name.mime_type order by name.mime_type)
  from (
    select t.mime_type
    from private.file_types as t
    where t.upload_type = p_upload_type
    union
    select a.alias
    from private.mime_type_aliases() as a
    join private.file_types as t on t.mime_type = a.mime_type
    where t.upload_type = p_upload_type
  ) as name
$$;

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
select
  bucket.id, bucket.id, bucket.id = 'avatars',
  (select max(t.max_bytes) from private.file_types as t where t.upload_type = bucket.upload_type),
  private.bucket_types(bucket.upload_type)
from (
  values
    ('avatars', 'avatar'),
    ('avatar-uploads', 'avatar'),
    ('deliverables', 'deliverable'),
    ('project-samples', 'sample'),
    ('message-attachments', 'message_attachment')
) as bucket (id, upload_type)
on conflict (id) do update
set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;
