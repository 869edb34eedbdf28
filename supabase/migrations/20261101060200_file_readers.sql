-- Who sees a file: whoever uploaded it, and whoever may see what it is part of, which is for that
-- table's own policies to say. Storage's policy and downloads rest on this one.

create policy select_reader on public.files
  for select to authenticated
  using (
    removed_at is null and (
      owner_id = (select auth.uid())
      or exists (select from public.deliverable_files as f where f.file_id = files.id)
      or exists (select from public.project_samples as s where s.file_id = files.id)
    )
  );
