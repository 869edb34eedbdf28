-- PostgreSQL assumes spinning disks: a row found by an index costs four times one that is read in
-- order. With that, it reads and sorts all rows of a user with very many instead of walking the index
-- to the end of the page. Data in memory or on solid disks has no such difference. Applies to new
-- connections.
do $$
begin
  execute format('alter database %I set random_page_cost = 1.1', current_database());
end;
$$;
