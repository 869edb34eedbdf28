-- Why: versions, files and reviews asked for their deliverable in their policies. Each row was looked up in a table with
-- policies of its own, which asked for the session again; without a filter, all deliverables of the caller were read first.

alter table public.deliverable_versions
  add column in_deleted_deliverable boolean not null default false;
alter table public.deliverable_files
  add column in_deleted_deliverable boolean not null default false;
alter table public.deliverable_reviews
  add column in_deleted_deliverable boolean not null default false;

comment on column public.deliverable_versions.in_deleted_deliverable is
  'Whether the deliverable was deleted. Set by the database; only operators see such rows.';
comment on column public.deliverable_files.in_deleted_deliverable is
  'Whether the deliverable was deleted. Set by the database; only operators see such rows.';
comment on column public.deliverable_reviews.in_deleted_deliverable is
  'Whether the deliverable was deleted. Set by the database; only operators see such rows.';

create or replace function private.tg__set_deliverable_people()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  select d.creator_id, d.submitted_by_id, d.deleted_at is not null
  into new.creator_id, new.submitted_by_id, new.in_deleted_deliverable
  from public.deliverables as d
  where d.id = new.deliverable_id;

  return new;
end;
$$;

create or replace function private.tg_deliverables__mark_deleted()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_is_deleted constant boolean := new.deleted_at is not null;
begin
  update public.deliverable_versions
  set in_deleted_deliverable = v_is_deleted
  where deliverable_id = new.id;

  update public.deliverable_files
  set in_deleted_deliverable = v_is_deleted
  where deliverable_id = new.id;

  update public.deliverable_reviews
  set in_deleted_deliverable = v_is_deleted
  where deliverable_id = new.id;

  return null;
end;
$$;

create or replace function private.tg_deliverable_files__broadcast_submitted()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_event(
    array[p.creator_id], 'deliverable:submitted',
    jsonb_build_object('deliverable', doc.document, 'projectId', d.project_id)
  )
  from public.deliverables as d
  join public.projects as p on p.id = d.project_id
  join private.deliverable_documents as doc on doc.id = d.id
  where (d.id, d.version) in (select f.deliverable_id, f.version from submitted as f)
    and d.deleted_at is null;

  return null;
end;
$$;

create trigger _500_mark_deleted
  after update of deleted_at on public.deliverables
  for each row
  when ((old.deleted_at is null) <> (new.deleted_at is null))
  execute function private.tg_deliverables__mark_deleted();

update public.deliverable_versions as v
set in_deleted_deliverable = true
from public.deliverables as d
where d.id = v.deliverable_id and d.deleted_at is not null;

update public.deliverable_files as f
set in_deleted_deliverable = true
from public.deliverables as d
where d.id = f.deliverable_id and d.deleted_at is not null;

update public.deliverable_reviews as r
set in_deleted_deliverable = true
from public.deliverables as d
where d.id = r.deliverable_id and d.deleted_at is not null;

alter policy select_reader on public.deliverable_versions
  using (
    not in_deleted_deliverable and (
      submitted_by_id = (select auth.uid())
      or creator_id = (select auth.uid())
    )
  );

alter policy select_reader on public.deliverable_files
  using (
    not in_deleted_deliverable and (
      submitted_by_id = (select auth.uid())
      or creator_id = (select auth.uid())
    )
  );

alter policy select_reader on public.deliverable_reviews
  using (
    not in_deleted_deliverable and (
      submitted_by_id = (select auth.uid())
      or creator_id = (select auth.uid())
    )
  );
