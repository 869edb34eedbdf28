begin;
select plan(5);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as_postgres();

-- A second project, where the talent has two open tasks and a completed one.
create temporary table second as
with added as (
  insert into public.projects (creator_id, name, description, due_date)
  select other_creator, 'Second', 'A film', current_date + 9 from s
  returning id, creator_id
)
select * from added;
insert into public.project_members (project_id, creator_id, user_id)
select second.id, second.creator_id, s.talent from s, second;
insert into public.tasks (project_id, name, status, assignee_id, due_date)
select second.id, v.name, v.status, s.talent, current_date + 9
from s, second, (values ('One', 'planning'), ('Two', 'in-progress'), ('Done', 'completed')) as v (name, status);
delete from private.notifications;

update public.profiles set deleted_at = now() where id = (select talent from s);

select is(
  (select count(*) from public.project_members as m, s where m.user_id = s.talent and m.removed_at is null),
  0::bigint, 'all memberships end'
);
select is(
  (
    select string_agg(t.name, ', ' order by t.name)
    from public.tasks as t, s
    where t.assignee_id = s.talent and t.project_id = (select id from second)
  ),
  'Done', 'open tasks lose their assignee, completed ones keep theirs'
);
select results_eq(
  $$
    select n.user_id, n.metadata ->> 'projectId'
    from public.notifications as n, s
    where n.user_id in (s.creator, s.other_creator)
    order by n.user_id
  $$,
  $$
    select v.creator, v.project::text
    from (
      select creator, project from s
      union all
      select creator_id, id from second
    ) as v (creator, project)
    order by v.creator
  $$,
  'each creator is notified once about their project'
);
select results_eq(
  $$
    select a.project_id, a.creator_id
    from public.audit_events as a, s
    where a.action = 'team.member_removed' and a.subject_id = s.talent
    order by a.project_id
  $$,
  $$
    select v.project, v.creator
    from (
      select project, creator from s
      union all
      select id, creator_id from second
    ) as v (project, creator)
    order by v.project
  $$,
  'each membership that ends is in the audit trail once'
);

update public.project_members set role = 'Editor' where user_id = (select talent from s);
select is(
  (
    select count(*) from public.audit_events as a, s
    where a.action = 'team.member_removed' and a.subject_id = s.talent
  ),
  2::bigint, 'another change of an ended membership is no removal'
);

select * from finish();
rollback;
