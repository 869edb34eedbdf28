import type { ModelWorld } from "./world.ts";

export interface Version {
  readonly version: number;
  readonly text: string;
  readonly files: readonly string[];
}

export interface Review {
  readonly version: number;
  readonly action: string;
  readonly feedback: string | null;
  readonly by: string | null;
}

export interface Deliverable {
  readonly id: string;
  readonly project: string;
  readonly task: string;
  readonly by: string;
  readonly status: "pending" | "approved" | "revision";
  readonly version: number;
  readonly revisions: number;
  readonly feedback: string | null;
  readonly approvedBy: string | null;
  readonly deleted: boolean;
  readonly versions: readonly Version[];
  readonly reviews: readonly Review[];
}

export interface StoredFile {
  readonly id: string;
  readonly type: "deliverable" | "sample" | "avatar";
  readonly uploader: string;
  readonly project: string | null;
  readonly task: string | null;
  readonly state: "reserved" | "uploaded" | "clean" | "infected" | "failed";
  readonly used: boolean;
  readonly removed: boolean;
  readonly bucket: string;
  readonly path: string;
}

/** Whether the scan has taken a file away. */
export const isRejected = (file: StoredFile | undefined): boolean =>
  file?.state === "failed" || file?.state === "infected";

export interface Task {
  readonly id: string;
  readonly project: string;
  readonly assignee: string | null;
  readonly status: string;
  readonly deleted: boolean;
}

export interface Project {
  readonly id: string;
  readonly creator: string;
  readonly status: string;
  readonly deleted: boolean;
  readonly tasks: number;
  readonly members: readonly string[];
}

export interface Sample {
  readonly id: string;
  readonly project: string;
  readonly type: string;
  readonly file: string | null;
}

type ById<T> = Readonly<Record<string, T>>;

/**
 * Everything that the rules are about, as it is committed. Without removed files and without the versions of a
 * deleted deliverable, because jobs remove those later.
 */
export interface State {
  readonly projects: ById<Project>;
  readonly tasks: ById<Task>;
  readonly deliverables: ById<Deliverable>;
  readonly files: ById<StoredFile>;
  readonly samples: ById<Sample>;
}

export async function stateOf({ sql, projects, actors }: ModelWorld): Promise<State> {
  const watched = [...projects];
  const uploaders = actors.map(({ id }) => id);
  const [row] = await sql<State[]>`
    select
      (select coalesce(json_object_agg(p.id, json_build_object(
        'id', p.id, 'creator', p.creator_id, 'status', p.status,
        'deleted', p.deleted_at is not null, 'tasks', p.task_count,
        'members', (
          select coalesce(json_agg(m.user_id order by m.user_id), '[]')
          from public.project_members as m
          where m.project_id = p.id and m.removed_at is null
        )
      )), '{}') from public.projects as p where p.id = any (${watched}::uuid[])) as projects,
      (select coalesce(json_object_agg(t.id, json_build_object(
        'id', t.id, 'project', t.project_id, 'assignee', t.assignee_id, 'status', t.status,
        'deleted', t.deleted_at is not null
      )), '{}') from public.tasks as t where t.project_id = any (${watched}::uuid[])) as tasks,
      (select coalesce(json_object_agg(d.id, json_build_object(
        'id', d.id, 'project', d.project_id, 'task', d.task_id, 'by', d.submitted_by_id,
        'status', d.status, 'version', d.version, 'revisions', d.revision_count,
        'feedback', d.feedback, 'approvedBy', d.approved_by_id,
        'deleted', d.deleted_at is not null,
        'versions', case when d.deleted_at is not null then '[]' else (
          select coalesce(json_agg(json_build_object(
            'version', v.version, 'text', v.title || v.description || v.submitted_at,
            'files', (
              select coalesce(json_agg(f.file_id order by f.place), '[]')
              from public.deliverable_files as f
              where (f.deliverable_id, f.version) = (v.deliverable_id, v.version)
            )
          ) order by v.version), '[]')
          from public.deliverable_versions as v
          where v.deliverable_id = d.id
        ) end,
        'reviews', (
          select coalesce(json_agg(json_build_object(
            'version', r.version, 'action', r.action, 'feedback', r.feedback, 'by', r.reviewer_id
          ) order by r.version), '[]')
          from public.deliverable_reviews as r
          where r.deliverable_id = d.id
        )
      )), '{}') from public.deliverables as d where d.project_id = any (${watched}::uuid[])
      ) as deliverables,
      (select coalesce(json_object_agg(f.id, json_build_object(
        'id', f.id, 'type', f.upload_type, 'uploader', f.uploader_id, 'project', f.project_id,
        'task', f.task_id, 'state', f.state, 'used', f.used_at is not null,
        'removed', f.removed_at is not null, 'bucket', f.bucket_id, 'path', f.path
      )), '{}') from public.files as f
      where f.uploader_id = any (${uploaders}::uuid[])
        and f.removed_at is null
        and (f.project_id is null or f.project_id = any (${watched}::uuid[]))) as files,
      (select coalesce(json_object_agg(s.id, json_build_object(
        'id', s.id, 'project', s.project_id, 'type', s.type, 'file', s.file_id
      )), '{}') from public.project_samples as s where s.project_id = any (${watched}::uuid[])
      ) as samples`;
  if (row === undefined) throw new Error("The state could not be read.");
  return row;
}
