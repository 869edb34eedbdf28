import {
  Anchor,
  Breadcrumbs,
  Button,
  Group,
  NativeSelect,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { DeliverableHistory, DeliverableVersion } from "@onswift/sdk";
import { useAction, useOnSwiftQueries, useSession } from "@onswift/sdk/react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { Heading, Person, State } from "../parts/bits.tsx";
import { ConfirmDelete } from "../parts/confirm-delete.tsx";
import { ErrorNote, fieldErrors } from "../parts/errors.tsx";
import { FilePreview } from "../parts/file-preview.tsx";
import { useGoOn } from "../parts/go-on.ts";
import { Icon } from "../parts/icons.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { deliverableWords, formatMoment } from "../parts/words.ts";
import { FormDialog } from "./form-dialog.tsx";
import { SubmitWork } from "./submit-work.tsx";

const route = getRouteApi("/signed-in/deliverables/$deliverableId");
const areas = ["deliverables", "tasks", "analytics"] as const;

export function Deliverable() {
  const queries = useOnSwiftQueries();
  const { deliverableId } = route.useParams();
  const query = useQuery({
    ...queries.deliverables.get(deliverableId),
    // A file can be shown once its scan has finished; no event announces that.
    refetchInterval: ({ state }) => (isBeingScanned(state.data) ? 2000 : false),
  });
  return (
    <Loaded query={query} whole skeleton={<Rows count={2} height={220} />}>
      {(deliverable) => <Content deliverable={deliverable} />}
    </Loaded>
  );
}

const isBeingScanned = (deliverable: DeliverableHistory | undefined) =>
  deliverable?.versions.some(({ files }) => files.some((file) => file.scanStatus === "pending"));

function Content({ deliverable }: { readonly deliverable: DeliverableHistory }) {
  const session = useSession();
  const isAuthor = session?.user.id === deliverable.submittedBy.id;
  const isCreator = session?.user.userType === "creator";
  const project = `/projects/${deliverable.projectId}`;
  return (
    <>
      <Breadcrumbs mb="xs">
        <Anchor component={Link} to={project} size="sm">
          {deliverable.projectName}
        </Anchor>
        <Anchor component={Link} to={`${project}/tasks/${deliverable.taskId}`} size="sm">
          {deliverable.taskName}
        </Anchor>
      </Breadcrumbs>
      <Heading
        title={deliverable.title}
        note={
          <Group gap="xs">
            <State {...deliverableWords[deliverable.status]} />
            {/* One text: a group leaves out a child that is 0. */}
            {`Version ${deliverable.version} · ${deliverable.revisionCount} of 3 revisions used`}
          </Group>
        }
      >
        {isCreator && deliverable.status === "pending" && <Review deliverable={deliverable} />}
        {isAuthor && <Author deliverable={deliverable} />}
      </Heading>
      {deliverable.status === "revision" && deliverable.feedback !== null && (
        <Stack className="card" p="md" mb="lg" gap={4}>
          <Text size="sm" fw={650}>
            What should change
          </Text>
          <Text size="sm" className="written">
            {deliverable.feedback}
          </Text>
        </Stack>
      )}
      <Versions versions={deliverable.versions} author={deliverable.submittedBy} />
    </>
  );
}

/** The newest version, and beside it an earlier one that the user chooses. */
function Versions({
  versions,
  author,
}: {
  readonly versions: readonly DeliverableVersion[];
  readonly author: DeliverableHistory["submittedBy"];
}) {
  const ordered = [...versions].sort((one, other) => other.version - one.version);
  const [newest, ...earlier] = ordered;
  const [chosen, setChosen] = useState<number>();
  const compared = earlier.find(({ version }) => version === chosen) ?? earlier[0];
  if (newest === undefined) return null;
  return (
    <SimpleGrid className="versions" cols={{ base: 1, md: compared ? 2 : 1 }} spacing="lg">
      {compared && (
        <Version
          version={compared}
          author={author}
          choice={
            earlier.length > 1 && (
              <NativeSelect
                size="xs"
                aria-label="Version to compare with"
                value={compared.version}
                onChange={(event) => setChosen(Number(event.currentTarget.value))}
                data={earlier.map(({ version }) => ({
                  value: String(version),
                  label: `Version ${version}`,
                }))}
              />
            )
          }
        />
      )}
      <Version
        version={newest}
        author={author}
        choice={compared && <State label="Newest" tone="blue" />}
      />
    </SimpleGrid>
  );
}

function Version({
  version,
  author,
  choice,
}: {
  readonly version: DeliverableVersion;
  readonly author: DeliverableHistory["submittedBy"];
  readonly choice: React.ReactNode;
}) {
  const { review } = version;
  return (
    <Stack
      className="card"
      p="md"
      gap="sm"
      component="section"
      aria-label={`Version ${version.version}`}
      style={{ alignSelf: "start" }}
    >
      <Group justify="space-between" mih={30}>
        <Text component="h2" fw={650}>
          Version {version.version}
        </Text>
        {choice}
      </Group>
      <Person user={author} note={`Submitted ${formatMoment(version.submittedAt)}`} />
      {version.description !== "" && (
        <Text size="sm" className="written">
          {version.description}
        </Text>
      )}
      {version.files.map((file) => (
        <FilePreview key={file.id} file={file} />
      ))}
      {review && (
        <Stack gap={2} p="sm" style={{ background: "var(--shade)", borderRadius: 8 }}>
          <Text size="sm" fw={600}>
            {review.action === "approve" ? "Approved" : "Revision requested"} by{" "}
            {review.reviewedBy.name} · {formatMoment(review.reviewedAt)}
          </Text>
          {review.feedback !== null && (
            <Text size="sm" className="written">
              {review.feedback}
            </Text>
          )}
        </Stack>
      )}
    </Stack>
  );
}

function Review({ deliverable }: { readonly deliverable: DeliverableHistory }) {
  const [isAsking, asking] = useDisclosure();
  const approve = useAction((onswift) => onswift.deliverables.approve(deliverable.id), areas);
  const revise = useAction(
    (onswift, feedback: string) => onswift.deliverables.requestRevision(deliverable.id, feedback),
    areas,
    { onSuccess: asking.close },
  );
  return (
    <>
      <ErrorNote error={approve.error} />
      <Button variant="default" onClick={asking.open} disabled={deliverable.revisionCount >= 3}>
        Request a revision
      </Button>
      <Button
        leftSection={<Icon name="check" size={16} />}
        loading={approve.isPending}
        onClick={() => approve.mutate()}
      >
        Approve
      </Button>
      <FormDialog
        opened={isAsking}
        onClose={asking.close}
        title="Request a revision"
        action={revise}
        submit="Send feedback"
        fields={["feedback"]}
        onSubmit={(value) => revise.mutate(value("feedback"))}
      >
        <Textarea
          name="feedback"
          label="What should change?"
          autosize
          minRows={3}
          data-autofocus
          error={fieldErrors(revise.error).feedback}
        />
      </FormDialog>
    </>
  );
}

function Author({ deliverable }: { readonly deliverable: DeliverableHistory }) {
  const goOn = useGoOn();
  const [isSubmitting, submitting] = useDisclosure();
  const [isDeleting, deleting] = useDisclosure();
  const deletion = useAction((onswift) => onswift.deliverables.delete(deliverable.id), areas, {
    onSuccess: () => goOn({ to: "/deliverables" }),
  });
  if (deliverable.status === "approved") return null;
  return (
    <>
      <Button variant="default" onClick={deleting.open}>
        Delete
      </Button>
      {deliverable.status === "revision" && (
        <Button leftSection={<Icon name="deliverables" size={16} />} onClick={submitting.open}>
          Submit a new version
        </Button>
      )}
      <SubmitWork
        opened={isSubmitting}
        onClose={submitting.close}
        projectId={deliverable.projectId}
        taskId={deliverable.taskId}
        revisionOf={deliverable}
      />
      <ConfirmDelete
        opened={isDeleting}
        onClose={deleting.close}
        title="Delete this deliverable?"
        action={deletion}
      >
        All its versions and files are deleted.
      </ConfirmDelete>
    </>
  );
}
