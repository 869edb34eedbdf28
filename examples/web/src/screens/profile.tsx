import {
  Alert,
  Button,
  FileButton,
  Group,
  MultiSelect,
  NativeSelect,
  NumberInput,
  Progress,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import type { Availability, Me, ProfilePatch } from "@onswift/sdk";
import { useAction, useMe, useOnSwiftQueries, useUpload } from "@onswift/sdk/react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Face, Heading } from "../parts/bits.tsx";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { availabilityWords } from "../parts/words.ts";

const areas = ["users"] as const;

export function Profile() {
  const query = useMe();
  const [saves, setSaves] = useState(0);
  return (
    <Loaded query={query} whole skeleton={<Rows count={3} height={160} />}>
      {(me) => (
        <>
          <Heading title="Profile" note={me.email}>
            {me.userType === "talent" && (
              <Button component={Link} to={`/talents/${me.id}`} variant="default">
                See it as others do
              </Button>
            )}
          </Heading>
          <Stack gap="lg">
            {!me.emailVerified && <Unverified />}
            <Group className="card" p="lg" justify="space-between" gap="lg">
              <Picture me={me} />
              <Completion me={me} />
            </Group>
            {/* A new key after each save, so that the fields show what the backend stored. A new picture keeps what is being written. */}
            <Editor key={saves} me={me} wasSaved={saves > 0} onSaved={() => setSaves(saves + 1)} />
          </Stack>
        </>
      )}
    </Loaded>
  );
}

function Unverified() {
  const resend = useAction((onswift) => onswift.auth.resendVerification(), []);
  return (
    <Alert variant="outline" title="Verify your email address">
      <Group justify="space-between">
        <Text size="sm">
          {resend.isSuccess
            ? "A new link is on its way."
            : "Follow the link in our mail, so that notifications can reach you."}
        </Text>
        <Button
          size="xs"
          variant="default"
          loading={resend.isPending}
          onClick={() => resend.mutate()}
        >
          Send the mail again
        </Button>
      </Group>
      <ErrorNote error={resend.error} />
    </Alert>
  );
}

function Picture({ me }: { readonly me: Me }) {
  const upload = useUpload((onswift, file: File) => onswift.users.setAvatar(file), areas);
  const remove = useAction((onswift) => onswift.users.update({ avatarFileId: null }), areas);
  return (
    <Group>
      <Face user={me} size={84} />
      <Stack gap={6}>
        <Group gap="xs">
          <FileButton
            accept="image/png,image/jpeg,image/gif"
            onChange={(file) => file && upload.mutate(file)}
          >
            {(props) => (
              <Button {...props} variant="default" size="xs" loading={upload.isPending}>
                Change the picture
              </Button>
            )}
          </FileButton>
          {me.avatarUrl !== null && (
            <Button
              variant="subtle"
              size="xs"
              loading={remove.isPending}
              onClick={() => remove.mutate()}
            >
              Remove
            </Button>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          PNG, JPEG or GIF, up to 5 MB.
        </Text>
        <ErrorNote error={upload.error ?? remove.error} />
      </Stack>
    </Group>
  );
}

function Completion({ me }: { readonly me: Me }) {
  const percent = me.profileCompletionPercentage;
  return (
    <Stack gap={6} style={{ flex: 1, minWidth: 220, maxWidth: 380 }}>
      <Text size="sm" fw={600}>
        {percent} % complete
      </Text>
      <Progress value={percent} aria-label="Completion of the profile" />
      {percent < 100 && (
        <Text size="xs" c="dimmed">
          {me.userType === "talent"
            ? "Creators find complete profiles more easily."
            : "A picture and a company name help talents to know you."}
        </Text>
      )}
    </Stack>
  );
}

const links = [
  ["linkedinUrl", "LinkedIn"],
  ["githubUrl", "GitHub"],
  ["instagramUrl", "Instagram"],
  ["youtubeUrl", "YouTube"],
  ["twitterUrl", "X"],
] as const;

function Editor({
  me,
  wasSaved,
  onSaved,
}: {
  readonly me: Me;
  /** Whether this one takes the place of one whose fields were saved. */
  readonly wasSaved: boolean;
  readonly onSaved: () => void;
}) {
  const queries = useOnSwiftQueries();
  const cache = useQueryClient();
  const isTalent = me.userType === "talent";
  const { data: known } = useQuery({
    ...queries.users.skills(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [skills, setSkills] = useState([...(me.skills ?? [])]);
  const save = useAction((onswift, patch: ProfilePatch) => onswift.users.update(patch), areas, {
    onSuccess: (saved) => {
      cache.setQueryData(queries.users.me().queryKey, saved);
      onSaved();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const orNull = (name: string) => text(name) || null;
    const socials = Object.fromEntries(links.map(([name]) => [name, orNull(name)]));
    save.mutate({
      name: text("name"),
      ...socials,
      ...(isTalent
        ? {
            professionalTitle: orNull("professionalTitle"),
            bio: orNull("bio"),
            skills,
            portfolioLinks: text("portfolioLinks").split(/\s+/).filter(Boolean),
            hourlyRate:
              text("hourlyRate") === "" ? null : Number(text("hourlyRate").replace(/[^\d.]/g, "")),
            availability: (orNull("availability") as Availability | null) ?? null,
          }
        : { companyName: orNull("companyName") }),
    });
  };
  const invalid = fieldErrors(save.error);
  return (
    <form onSubmit={submit} noValidate className="card" style={{ padding: "1.5rem" }}>
      <Stack gap="md">
        <Title order={2} size="h4">
          About you
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput name="name" label="Name" defaultValue={me.name} error={invalid.name} />
          {isTalent ? (
            <TextInput
              name="professionalTitle"
              label="Professional title"
              defaultValue={me.professionalTitle ?? ""}
              error={invalid.professionalTitle}
            />
          ) : (
            <TextInput
              name="companyName"
              label="Company"
              defaultValue={me.companyName ?? ""}
              error={invalid.companyName}
            />
          )}
        </SimpleGrid>
        {isTalent && (
          <>
            <Textarea
              name="bio"
              label="Bio"
              description="Up to 500 characters."
              autosize
              minRows={3}
              defaultValue={me.bio ?? ""}
              error={invalid.bio}
            />
            <MultiSelect
              label="Skills"
              description="Up to 10."
              searchable
              hidePickedOptions
              maxValues={10}
              data={known?.skills.map(({ name }) => name) ?? skills}
              value={skills}
              onChange={setSkills}
              error={invalid.skills}
            />
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <NumberInput
                name="hourlyRate"
                label="Hourly rate in US dollars"
                min={5}
                max={500}
                decimalScale={2}
                hideControls
                defaultValue={me.hourlyRate ?? ""}
                error={invalid.hourlyRate}
              />
              <NativeSelect
                name="availability"
                label="Availability"
                defaultValue={me.availability ?? ""}
                error={invalid.availability}
                data={[
                  { value: "", label: "Not stated" },
                  ...Object.entries(availabilityWords).map(([value, { label }]) => ({
                    value,
                    label,
                  })),
                ]}
              />
            </SimpleGrid>
            <Textarea
              name="portfolioLinks"
              label="Portfolio links"
              description="One address per line, up to 5."
              autosize
              minRows={2}
              defaultValue={(me.portfolioLinks ?? []).join("\n")}
              error={invalid.portfolioLinks}
            />
          </>
        )}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {links.map(([name, label]) => (
            <TextInput
              key={name}
              name={name}
              type="url"
              label={label}
              placeholder="https://…"
              defaultValue={me[name] ?? ""}
              error={invalid[name]}
            />
          ))}
        </SimpleGrid>
        <ErrorNote
          error={save.error}
          fields={[
            "name",
            "professionalTitle",
            "companyName",
            "bio",
            "skills",
            "hourlyRate",
            "availability",
            "portfolioLinks",
            ...links.map(([name]) => name),
          ]}
        />
        <Group justify="flex-end">
          <Text size="sm" c="dimmed" role="status">
            {wasSaved && save.isIdle ? "Saved." : ""}
          </Text>
          <Button type="submit" loading={save.isPending} autoFocus={wasSaved}>
            Save the profile
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
