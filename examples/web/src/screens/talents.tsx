import {
  Badge,
  Group,
  MultiSelect,
  NativeSelect,
  NumberInput,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import type { Availability, FoundTalent, TalentFilter } from "@onswift/sdk";
import { useOnSwiftQueries } from "@onswift/sdk/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate, useRouter, useRouterState } from "@tanstack/react-router";
import { Empty, Face, Heading, Stars, State } from "../parts/bits.tsx";
import { ErrorScreen } from "../parts/errors.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { Pages } from "../parts/pages.tsx";
import {
  availabilityWords,
  counted,
  formatRate,
  talentSorts,
  talentSortWords,
} from "../parts/words.ts";

const route = getRouteApi("/signed-in/talents");

export function Talents() {
  const queries = useOnSwiftQueries();
  const filter = route.useSearch();
  const query = useQuery({
    ...queries.users.search({ ...filter, limit: 12 }),
    placeholderData: keepPreviousData,
  });
  const navigate = useNavigate();
  // A filter replaces its place in the history. At another one, the fields show what its address has.
  const place = useRouterState({
    select: ({ resolvedLocation }) => resolvedLocation?.state.__TSR_index,
  });
  if (query.error?.code === "CREATOR_ONLY") return <ErrorScreen error={query.error} />;
  const found = query.data ? counted(query.data.pagination.total, "talent") : "Searching …";
  return (
    <>
      <Heading
        title="Find talents"
        note={<span role="status">{query.isLoadingError ? "No result" : found}</span>}
      />
      <Filters key={place} filter={filter} />
      <Loaded query={query} skeleton={<Rows count={4} height={120} />}>
        {({ users, pagination }) => (
          <>
            {users.length === 0 && (
              <Empty icon="search" title="No talent matches">
                Remove a filter, or search for fewer words.
              </Empty>
            )}
            <SimpleGrid
              cols={{ base: 1, md: 2 }}
              style={{ opacity: query.isPlaceholderData ? 0.6 : 1 }}
            >
              {users.map((talent) => (
                <TalentCard key={talent.id} talent={talent} />
              ))}
            </SimpleGrid>
            <Pages
              pagination={pagination}
              onPage={(page, replace) =>
                navigate({ to: "/talents", search: { ...filter, page }, replace })
              }
            />
          </>
        )}
      </Loaded>
    </>
  );
}

/** The filters are in the address, so that a search can be shared, and the back button works. */
function Filters({ filter }: { readonly filter: TalentFilter }) {
  const queries = useOnSwiftQueries();
  const { data } = useQuery({ ...queries.users.skills(), staleTime: Number.POSITIVE_INFINITY });
  const set = useSetFilter();
  // One timer for each field: who goes on to the next field at once, loses nothing.
  const setSearch = useLater(set);
  const setMinRate = useLater(set);
  const setMaxRate = useLater(set);
  const rate = (value: number | string) => (typeof value === "number" ? value : undefined);
  return (
    <Stack gap="sm" className="card" p="md" mb="lg" component="search">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextInput
          label="Search"
          type="search"
          placeholder="Name, title or words of the bio"
          defaultValue={filter.q ?? ""}
          onChange={(event) => setSearch({ q: event.currentTarget.value.trim() || undefined })}
        />
        <MultiSelect
          label="Skills"
          placeholder={filter.skills?.length ? "" : "All skills"}
          searchable
          clearable
          hidePickedOptions
          data={data?.skills.map(({ name }) => name) ?? []}
          value={[...(filter.skills ?? [])]}
          onChange={(skills) => set({ skills: skills.length > 0 ? skills : undefined })}
          clearButtonProps={{ "aria-label": "Clear skills" }}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 2, sm: 5 }} spacing="sm">
        <NumberInput
          label="Rate from"
          prefix="$"
          min={5}
          max={500}
          hideControls
          defaultValue={filter.minRate ?? ""}
          onChange={(value) => setMinRate({ minRate: rate(value) })}
        />
        <NumberInput
          label="Rate to"
          prefix="$"
          min={5}
          max={500}
          hideControls
          defaultValue={filter.maxRate ?? ""}
          onChange={(value) => setMaxRate({ maxRate: rate(value) })}
        />
        <NativeSelect
          label="Availability"
          value={filter.availability ?? ""}
          onChange={(event) =>
            set({
              availability: (event.currentTarget.value || undefined) as Availability | undefined,
            })
          }
          data={[
            { value: "", label: "Any" },
            ...Object.entries(availabilityWords).map(([value, { label }]) => ({ value, label })),
          ]}
        />
        <NativeSelect
          label="Rating"
          value={String(filter.minRating ?? "")}
          onChange={(event) => set({ minRating: Number(event.currentTarget.value) || undefined })}
          data={[
            { value: "", label: "Any" },
            { value: "3", label: "3 and more" },
            { value: "4", label: "4 and more" },
            { value: "4.5", label: "4.5 and more" },
          ]}
        />
        <NativeSelect
          label="Order"
          value={filter.sort ?? ""}
          onChange={(event) =>
            set({ sort: (event.currentTarget.value || undefined) as TalentFilter["sort"] })
          }
          data={[
            { value: "", label: "Best match" },
            ...talentSorts.map((value) => ({ value, label: talentSortWords[value] })),
          ]}
        />
      </SimpleGrid>
    </Stack>
  );
}

function useSetFilter() {
  const navigate = useNavigate();
  return (patch: TalentFilter) =>
    navigate({
      to: "/talents",
      // The newest address, not the one of the last render: two filters may change in a moment.
      search: (before) => ({ ...before, ...patch, page: undefined }),
      replace: true,
    });
}

/** Waits for more letters. */
function useLater(set: (patch: TalentFilter) => unknown) {
  const router = useRouter();
  return useDebouncedCallback((patch: TalentFilter) => {
    // Who has opened a talent meanwhile, whose screen is still being loaded, is not called back.
    if (router.latestLocation.pathname === "/talents") set(patch);
  }, 250);
}

function TalentCard({ talent }: { readonly talent: FoundTalent }) {
  return (
    <Link to="/talents/$talentId" params={{ talentId: talent.id }} className="card">
      <Group p="md" wrap="nowrap" align="flex-start">
        <Face user={talent} size={52} />
        <div style={{ minWidth: 0, flex: 1 }}>
          <Group justify="space-between" gap="xs" wrap="nowrap">
            <Title order={2} size="h5" lineClamp={1}>
              {talent.name}
            </Title>
            {talent.hourlyRate !== null && (
              <Text fw={650} size="sm" style={{ whiteSpace: "nowrap" }}>
                {formatRate(talent.hourlyRate)}/h
              </Text>
            )}
          </Group>
          <Text size="sm" c="dimmed" lineClamp={1}>
            {talent.professionalTitle ?? "No title yet"}
          </Text>
          <Group gap="xs" mt={6}>
            <Stars rating={talent.averageRating} count={talent.totalReviews} />
            {talent.availability && <State {...availabilityWords[talent.availability]} />}
          </Group>
          <Group gap={6} mt={8} mih={22}>
            {talent.skills.slice(0, 4).map((skill) => (
              <Skill key={skill} name={skill} />
            ))}
          </Group>
        </div>
      </Group>
    </Link>
  );
}

export function Skill({ name }: { readonly name: string }) {
  return (
    <Badge variant="default" tt="none" fw={500} radius="sm">
      {name}
    </Badge>
  );
}
