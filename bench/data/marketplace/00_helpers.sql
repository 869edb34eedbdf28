-- Ids are hashes of what a row is, so that every file can name the rows of every other.
create function pg_temp.id_of(variadic p_parts text[])
  returns uuid
  language sql
  immutable
as $$
  select md5(array_to_string(p_parts, ' '))::uuid
$$;

-- The member in place p_place (0 to 2) of project p_n; talent 0 joins others (10_people, 20_projects).
create function pg_temp.member_number(p_n integer, p_place integer, p_talents integer)
  returns integer
  language sql
  immutable
as $$
  select 1 + (p_n * 3 + p_place) % (p_talents - 1)
$$;
