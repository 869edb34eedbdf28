-- Samples in the shape the API returns. The view runs with the caller's rights.

create view private.sample_documents with (security_invoker = true) as
  select
    s.id,
    s.project_id,
    s.name,
    s.created_at,
    jsonb_build_object(
      'id', s.id,
      'projectId', s.project_id,
      'name', s.name,
      'type', s.type,
      'url', s.url,
      'file', case when file.id is not null then private.file_document(file) end,
      'description', s.description,
      'createdAt', private.iso(s.created_at)
    ) as document
  from public.project_samples as s
  left join public.files as file on file.id = s.file_id and file.removed_at is null;

comment on view private.sample_documents is 'Samples, with the file of a file sample.';

-- Used by api functions only. The caller's policies filter the rows.
grant select on private.sample_documents to authenticated;
