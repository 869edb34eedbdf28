-- Buckets in Storage.
--
--   avatars              public; paths cannot be guessed
--   avatar-uploads       private; receives avatars until the scan publishes them
--   deliverables, project-samples, message-attachments
--                        private; message-attachments accepts no uploads yet
--
-- The limits here are the largest of any type; the reservation and the confirmation check the limit
-- of the file's own type. The types include the aliases that browsers send.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values
  (
    'avatars', 'avatars', true, 5 * 1024 * 1024,
    array['image/jpeg', 'image/png', 'image/gif']
  ),
  (
    'avatar-uploads', 'avatar-uploads', false, 5 * 1024 * 1024,
    array['image/jpeg', 'image/png', 'image/gif']
  ),
  (
    'deliverables', 'deliverables', false, 100 * 1024 * 1024,
    array[
      'image/jpeg', 'image/png', 'image/gif', 'video/mp4', 'video/quicktime', 'application/pdf',
      'application/zip', 'application/x-zip-compressed', 'application/x-rar-compressed',
      'application/vnd.rar'
    ]
  ),
  (
    'project-samples', 'project-samples', false, 100 * 1024 * 1024,
    array['image/jpeg', 'image/png', 'image/gif', 'application/pdf', 'video/mp4']
  ),
  (
    'message-attachments', 'message-attachments', false, 100 * 1024 * 1024,
    array[
      'image/jpeg', 'image/png', 'image/gif', 'video/mp4', 'video/quicktime', 'application/pdf',
      'application/zip', 'application/x-zip-compressed', 'application/x-rar-compressed',
      'application/vnd.rar'
    ]
  )
on conflict (id) do update
set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;
