-- The skills that talents can choose from. Public: sign-up forms show them without a session.

create table public.skills (
  id uuid primary key default gen_random_uuid(),
  name text not null,

  constraint name_is_trimmed_and_has_1_to_100_characters check (
    name = btrim(name) and char_length(name) between 1 and 100
  )
);

comment on table public.skills is 'The predefined skills in their canonical spelling.';
comment on column public.skills.id is 'Primary key, set by the database.';
comment on column public.skills.name is
  '1 to 100 characters, unique without regard to case. Profiles hold this name, not the id.';

create unique index skills_name_key on public.skills (lower(name));

insert into public.skills (name)
values
  ('2D Animation'), ('3D Animation'), ('3D Modeling'), ('3D Rendering'), ('Accessibility Design'),
  ('Adobe Illustrator'), ('Adobe Photoshop'), ('Adobe Premiere Pro'), ('After Effects'),
  ('Animation'), ('Art Direction'), ('Audio Editing'), ('Audio Mixing'), ('Blender'),
  ('Brand Strategy'), ('Branding'), ('Casting'), ('Character Animation'), ('Character Design'),
  ('Cinema 4D'), ('Cinematography'), ('Color Grading'), ('Compositing'), ('Concept Art'),
  ('Content Strategy'), ('Copywriting'), ('Creative Direction'), ('DaVinci Resolve'),
  ('Design Systems'), ('Directing'), ('Drone Videography'), ('Editorial Design'),
  ('Fashion Photography'), ('Figma'), ('Film Scoring'), ('Final Cut Pro'), ('Game Art'),
  ('Graphic Design'), ('Illustration'), ('Information Architecture'), ('Interaction Design'),
  ('Layout Design'), ('Lettering'), ('Lighting'), ('Live Streaming'), ('Logo Design'),
  ('Makeup Artistry'), ('Motion Graphics'), ('Music Composition'), ('Music Production'),
  ('Packaging Design'), ('Photo Retouching'), ('Photography'), ('Podcast Production'),
  ('Post-Production'), ('Presentation Design'), ('Print Design'), ('Producing'),
  ('Product Design'), ('Product Photography'), ('Production Design'), ('Project Management'),
  ('Prototyping'), ('Rigging'), ('Rotoscoping'), ('Scriptwriting'), ('Set Design'),
  ('Social Media Content'), ('Sound Design'), ('Storyboarding'), ('Storytelling'), ('Styling'),
  ('Subtitling'), ('Translation'), ('Typography'), ('UI Design'), ('UI/UX Design'),
  ('Unreal Engine'), ('User Research'), ('UX Design'), ('UX Writing'), ('Video Editing'),
  ('Video Production'), ('Videography'), ('Visual Effects'), ('Visual Identity'), ('Voice Over'),
  ('Web Design'), ('Web Development'), ('Webflow'), ('Wireframing');

alter table public.skills enable row level security;

create policy select_everybody on public.skills
  for select to anon, authenticated
  using (true);

-- Read-only: migrations add skills.
grant select on public.skills to anon, authenticated;
grant select, insert, update, delete on public.skills to service_role;

-- Returns skills in their canonical spelling: matched case-insensitively, without duplicates, in
-- the given order. Unknown skills are returned unchanged; the validator reports them.
create function private.canonical_skills(p_names text[])
  returns text[]
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(name order by place), '{}')
    from (
      select coalesce(s.name, private.clean_line(given.name)) as name, min(given.place) as place
      from unnest(p_names) with ordinality as given (name, place)
      left join public.skills as s on lower(s.name) = lower(private.clean_line(given.name))
      group by 1
    ) as chosen
  );
end;
$$;

-- Runs as the caller, in the triggers and validator of profiles; reads the public list.
grant execute on function private.canonical_skills(text[]) to authenticated, service_role;
