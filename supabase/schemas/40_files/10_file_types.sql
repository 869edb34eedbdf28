-- What may be uploaded as what: the documented white list, with the extensions a name may end in
-- and how large it may be. This table is the configuration; another type is another row, and a word in
-- the bucket's own list.

create table private.file_types (
  upload_type text not null,
  mime_type text not null,
  extensions text[] not null,
  max_bytes bigint not null,

  primary key (upload_type, mime_type),
  constraint upload_type_is_known check (
    upload_type in ('avatar', 'deliverable', 'sample', 'message_attachment')
  ),
  constraint max_bytes_is_positive check (max_bytes > 0)
);

comment on table private.file_types is
  'Types that may be uploaded, by kind of upload, with their extensions and their limit in bytes.';

-- Images as work may have 50 MB, as avatars 5. Messages will take what deliverables take.
insert into private.file_types (upload_type, mime_type, extensions, max_bytes)
select kind.upload_type, type.mime_type, type.extensions, type.megabytes * 1024 * 1024
from (
  values
    ('image/jpeg', array['jpg', 'jpeg'], 50),
    ('image/png', array['png'], 50),
    ('image/gif', array['gif'], 50),
    ('video/mp4', array['mp4'], 100),
    ('video/quicktime', array['mov', 'qt'], 100),
    ('application/pdf', array['pdf'], 50),
    ('application/zip', array['zip'], 50),
    ('application/x-rar-compressed', array['rar'], 50)
) as type (mime_type, extensions, megabytes)
cross join (values ('deliverable'), ('message_attachment')) as kind (upload_type)
union all
values
  ('sample', 'image/jpeg', array['jpg', 'jpeg'], 50 * 1024 * 1024),
  ('sample', 'image/png', array['png'], 50 * 1024 * 1024),
  ('sample', 'image/gif', array['gif'], 50 * 1024 * 1024),
  ('sample', 'application/pdf', array['pdf'], 50 * 1024 * 1024),
  ('sample', 'video/mp4', array['mp4'], 100 * 1024 * 1024),
  ('avatar', 'image/jpeg', array['jpg', 'jpeg'], 5 * 1024 * 1024),
  ('avatar', 'image/png', array['png'], 5 * 1024 * 1024),
  ('avatar', 'image/gif', array['gif'], 5 * 1024 * 1024);

-- A type by the name the list uses: in small letters, without parameters, aliases resolved.
create function private.canonical_mime_type(p_mime_type text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select case name
    when 'application/x-zip-compressed' then 'application/zip'
    when 'application/vnd.rar' then 'application/x-rar-compressed'
    else name
  end
  from (values (lower(btrim(split_part(p_mime_type, ';', 1))))) as mime (name)
$$;

create function private.extension_of(p_file_name text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select lower(substring(p_file_name from '[^.]\.([^.]+)$'))
$$;

-- A name as an object's key can carry it: Storage takes no letters but ASCII's. The name as given
-- is kept beside it and comes back on download.
create function private.safe_file_name(p_file_name text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select coalesce(
      nullif(left(btrim(regexp_replace(stem, '[^A-Za-z0-9_-]+', '-', 'g'), '-'), 80), ''), 'file'
    ) || '.' || private.extension_of(p_file_name)
  from (values (regexp_replace(p_file_name, '\.[^.]*$', ''))) as name (stem)
$$;

-- A name is one path segment with an extension; nothing in it may steer where the object goes, or
-- how the name reads.
create function private.check_file_name(p_input jsonb)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select case
    when errors <> '[]' or jsonb_typeof(p_input -> 'fileName') <> 'string' then errors
    when name ~ '[/\\]' or name ~ '^\.' or name ~ '[\u0001-\u001F\u007F-\u009F]'
      or name ~ '[\u200E\u200F\u202A-\u202E\u2066-\u2069]'
      then private.field_error(
        'fileName', 'File name has to be a plain name, without path or control characters.'
      )
    when private.extension_of(name) is null
      then private.field_error('fileName', 'File name needs an extension such as .png.')
    else '[]'
  end
  from (
    values (private.check_text(p_input, 'fileName', 'File name', 1, 255), p_input ->> 'fileName')
  ) as file (errors, name)
$$;

-- Complaints about the description of a file to come. Its size above the limit of its kind is not
-- among them: that is an error of its own.
create function private.file_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_upload_type constant text := p_input ->> 'uploadType';
  v_size constant bigint := (p_input ->> 'fileSize')::bigint;
  v_extension constant text := private.extension_of(p_input ->> 'fileName');
  v_name_errors constant jsonb := private.check_file_name(p_input);
  v_type private.file_types;
  v_types text;
begin
  select t.*
  into v_type
  from private.file_types as t
  where t.upload_type = v_upload_type
    and t.mime_type = private.canonical_mime_type(p_input ->> 'mimeType');

  select string_agg(t.mime_type, ', ' order by t.mime_type)
  into v_types
  from private.file_types as t
  where t.upload_type = v_upload_type;

  return private.check_choice(
      p_input, 'uploadType', 'Upload type', array['deliverable', 'avatar', 'sample']
    )
    || v_name_errors
    || case
      when v_size is null then private.field_error('fileSize', 'File size is required.')
      when v_size < 1 then private.field_error('fileSize', 'An empty file cannot be uploaded.')
      else '[]'
    end
    || case
      when p_input ->> 'mimeType' is null
        then private.field_error('mimeType', 'MIME type is required.')
      when v_type.mime_type is null and v_types is not null
        then private.field_error('mimeType', format('MIME type has to be one of %s.', v_types))
      else '[]'
    end
    || case
      when v_name_errors = '[]' and v_extension <> all (v_type.extensions)
        then private.field_error('fileName', format(
          'The extension of a file of type %s has to be %s.',
          v_type.mime_type, array_to_string(v_type.extensions, ' or ')
        ))
      else '[]'
    end
    || case
      when v_upload_type = 'avatar' and v_size > v_type.max_bytes
        then private.field_error('fileSize', 'An avatar can have at most 5 MB.')
      else '[]'
    end;
end;
$$;

create function private.refuse_large_file(p_upload_type text, p_mime_type text, p_size bigint)
  returns void
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_max_bytes constant bigint := (
    select t.max_bytes
    from private.file_types as t
    where t.upload_type = p_upload_type
      and t.mime_type = private.canonical_mime_type(p_mime_type)
  );
begin
  if p_size > v_max_bytes then
    raise sqlstate 'PT413' using
      message = format('A file of this type can have at most %s MB.', v_max_bytes / 1024 / 1024),
      detail = private.field_error(
        'fileSize', format('At most %s bytes.', v_max_bytes)
      )::text,
      hint = 'FILE_TOO_LARGE';
  end if;
end;
$$;
