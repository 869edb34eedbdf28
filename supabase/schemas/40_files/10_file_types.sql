-- File types that can be uploaded, with their extensions, size limits and other names. To allow
-- another type, add a row here; 40_buckets.sql takes the types of the buckets from here.

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
  'Allowed file types by kind of upload, with their extensions and the size limit in bytes.';

-- Images can have 50 MB, avatars 5 MB. Message attachments allow the types of deliverables.
insert into private.file_types (upload_type, mime_type, extensions, max_bytes)
select kind.upload_type, type.mime_type, type.extensions, type.megabytes * 1024 * 1024
from (
  values
    ('image/jpeg', array['jpg', 'jpeg', 'jfif', 'jpe', 'pjpeg', 'pjp'], 50),
    ('image/png', array['png'], 50),
    ('image/gif', array['gif'], 50),
    ('video/mp4', array['mp4', 'm4v'], 100),
    ('video/quicktime', array['mov', 'qt'], 100),
    ('application/pdf', array['pdf'], 50),
    ('application/zip', array['zip'], 50),
    ('application/x-rar-compressed', array['rar'], 50)
) as type (mime_type, extensions, megabytes)
cross join (values ('deliverable'), ('message_attachment')) as kind (upload_type)
union all
values
  ('sample', 'image/jpeg', array['jpg', 'jpeg', 'jfif', 'jpe', 'pjpeg', 'pjp'], 50 * 1024 * 1024),
  ('sample', 'image/png', array['png'], 50 * 1024 * 1024),
  ('sample', 'image/gif', array['gif'], 50 * 1024 * 1024),
  ('sample', 'application/pdf', array['pdf'], 50 * 1024 * 1024),
  ('sample', 'video/mp4', array['mp4', 'm4v'], 100 * 1024 * 1024),
  ('avatar', 'image/jpeg', array['jpg', 'jpeg', 'jfif', 'jpe', 'pjpeg', 'pjp'], 5 * 1024 * 1024),
  ('avatar', 'image/png', array['png'], 5 * 1024 * 1024),
  ('avatar', 'image/gif', array['gif'], 5 * 1024 * 1024);

-- Other names that browsers, phones and other programs have for these types.
create function private.mime_type_aliases()
  returns table (alias text, mime_type text)
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  values
    ('image/jpg', 'image/jpeg'),
    ('image/pjpeg', 'image/jpeg'),
    ('image/jfif', 'image/jpeg'),
    ('image/pipeg', 'image/jpeg'),
    ('image/x-jpeg', 'image/jpeg'),
    ('image/x-png', 'image/png'),
    ('image/apng', 'image/png'),
    ('image/x-gif', 'image/gif'),
    ('video/x-m4v', 'video/mp4'),
    ('video/x-mp4', 'video/mp4'),
    ('video/3gpp', 'video/mp4'),
    ('video/3gpp2', 'video/mp4'),
    ('application/mp4', 'video/mp4'),
    ('video/x-quicktime', 'video/quicktime'),
    ('application/x-pdf', 'application/pdf'),
    ('application/acrobat', 'application/pdf'),
    ('application/x-zip', 'application/zip'),
    ('application/x-zip-compressed', 'application/zip'),
    ('application/zip-compressed', 'application/zip'),
    ('application/rar', 'application/x-rar-compressed'),
    ('application/x-rar', 'application/x-rar-compressed'),
    ('application/vnd.rar', 'application/x-rar-compressed')
$$;

-- Returns the MIME type as the table spells it: lower case, without parameters, aliases resolved.
create function private.canonical_mime_type(p_mime_type text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select coalesce(known.mime_type, given.name)
  from (values (lower(btrim(split_part(p_mime_type, ';', 1), e' \t')))) as given (name)
  left join private.mime_type_aliases() as known on known.alias = given.name
$$;

-- Returns whether two names stand for the same kind of bytes. Programs give either name to MP4 and
-- QuickTime.
create function private.is_same_family(p_mime_type text, p_other text)
  returns boolean
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select p_mime_type = p_other
    or p_mime_type in ('video/mp4', 'video/quicktime')
      and p_other in ('video/mp4', 'video/quicktime')
$$;

-- Cleans a file name: one line, without dots and spaces at its end.
create function private.clean_file_name(p_file_name text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select regexp_replace(private.clean_line(p_file_name), '[.\s]+$', '')
$$;

-- Returns the extension of a file name in lower case, or null. Invisible characters in it do not
-- count.
create function private.extension_of(p_file_name text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select lower(regexp_replace(
    substring(private.clean_file_name(p_file_name) from '^.+\.([^.]+)$'),
    '[\s\u00AD\u061C\u200B-\u200F\u2060-\u2064\uFEFF]', '', 'g'
  ))
$$;

-- Returns the MIME type of a file name's extension.
create function private.type_of_name(p_upload_type text, p_file_name text)
  returns text
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select t.mime_type
  from private.file_types as t
  where t.upload_type = p_upload_type
    and private.extension_of(p_file_name) = any (t.extensions)
  order by t.mime_type
  limit 1
$$;

-- Returns the type of a file from its declared type. A declared type that the table does not have
-- means nothing (application/octet-stream, or a name that only one program uses), and within a family
-- the extension is more exact: both fall back to the extension. The scan compares it with the bytes.
create function private.type_of_file(p_upload_type text, p_mime_type text, p_file_name text)
  returns text
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select case
    when private.is_same_family(declared, by_name)
      or not exists (select from private.file_types as t where t.mime_type = declared)
      then coalesce(by_name, declared)
    else declared
  end
  from (
    values (
      private.canonical_mime_type(p_mime_type), private.type_of_name(p_upload_type, p_file_name)
    )
  ) as types (declared, by_name)
$$;

-- Returns the file name for use in an object path: Storage allows ASCII characters only. The
-- original name is stored in files.file_name and used for downloads.
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
  from (values (regexp_replace(private.clean_file_name(p_file_name), '\.[^.]*$', ''))) as name (stem)
$$;

-- Checks a file name as it is stored: one path segment with an extension.
create function private.check_file_name(p_input jsonb)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select case
    when errors <> '[]' or jsonb_typeof(p_input -> 'fileName') <> 'string' then errors
    when name ~ '[/\\]' or name ~ '^\.'
      then private.field_error(
        'fileName', 'File name must not contain a path or begin with a dot.'
      )
    when coalesce(private.extension_of(name), '') = ''
      then private.field_error('fileName', 'File name must have an extension, such as .png.')
    else '[]'
  end
  from (
    values (
      private.check_text(p_input, 'fileName', 'File name', 1, 255),
      private.clean_file_name(p_input ->> 'fileName')
    )
  ) as file (errors, name)
$$;

-- Returns the field errors of a file to be reserved. A size above the limit of the type is not
-- among them: it has an error code of its own (see refuse_large_file). Avatars are the exception.
create function private.file_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_upload_type constant text := p_input ->> 'uploadType';
  v_size constant bigint := case
    when p_input ->> 'fileSize' ~ '^[0-9]{1,15}$' then (p_input ->> 'fileSize')::bigint
  end;
  v_extension constant text := private.extension_of(p_input ->> 'fileName');
  v_name_errors constant jsonb := private.check_file_name(p_input);
  v_type private.file_types;
  v_types text;
begin
  select t.*
  into v_type
  from private.file_types as t
  where t.upload_type = v_upload_type
    and t.mime_type = private.type_of_file(
      v_upload_type, p_input ->> 'mimeType', p_input ->> 'fileName'
    );

  select string_agg(t.mime_type, ', ' order by t.mime_type)
  into v_types
  from private.file_types as t
  where t.upload_type = v_upload_type;

  return private.check_choice(
      p_input, 'uploadType', 'Upload type', array['deliverable', 'avatar', 'sample']
    )
    || v_name_errors
    || case
      when p_input ->> 'fileSize' is null
        then private.field_error('fileSize', 'File size is required.')
      when v_size is null or jsonb_typeof(p_input -> 'fileSize') <> 'number'
        then private.field_error('fileSize', 'File size must be a whole number of bytes.')
      when v_size < 1 then private.field_error('fileSize', 'File size must be at least 1 byte.')
      else '[]'
    end
    || case
      when p_input ->> 'mimeType' is null
        then private.field_error('mimeType', 'MIME type is required.')
      when jsonb_typeof(p_input -> 'mimeType') <> 'string'
        then private.field_error('mimeType', 'MIME type must be text.')
      when v_type.mime_type is null and v_types is not null
        then private.field_error('mimeType', format('MIME type must be one of: %s.', v_types))
      else '[]'
    end
    || case
      when v_name_errors = '[]' and v_extension <> all (v_type.extensions)
        then private.field_error('fileName', format(
          'File name must end in %s for the type %s.',
          '.' || array_to_string(v_type.extensions, ' or .'), v_type.mime_type
        ))
      else '[]'
    end
    || case
      when v_upload_type = 'avatar' and v_size > v_type.max_bytes
        then private.field_error('fileSize', 'Avatar must be at most 5 MB.')
      else '[]'
    end;
end;
$$;

-- Raises FILE_TOO_LARGE if the file is larger than its type allows. The fields of the input have been
-- validated.
create function private.refuse_large_file(p_input jsonb)
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
    where t.upload_type = p_input ->> 'uploadType'
      and t.mime_type = private.type_of_file(
        p_input ->> 'uploadType', p_input ->> 'mimeType', p_input ->> 'fileName'
      )
  );
begin
  if (p_input ->> 'fileSize')::bigint > v_max_bytes then
    raise sqlstate 'PT413' using
      message = format('A file of this type can be at most %s MB.', v_max_bytes / 1024 / 1024),
      detail = private.field_error(
        'fileSize', format('File size must be at most %s bytes.', v_max_bytes)
      )::text,
      hint = 'FILE_TOO_LARGE';
  end if;
end;
$$;
