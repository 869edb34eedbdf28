import { Anchor, Button, Group, Progress, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { PublicProfile, ReviewDistribution } from "@onswift/sdk";
import { useAction, useOnSwiftQueries, useSession } from "@onswift/sdk/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { Empty, Face, Person, Stars, State } from "../parts/bits.tsx";
import { ErrorNote } from "../parts/errors.tsx";
import { useGoOn } from "../parts/go-on.ts";
import { Icon } from "../parts/icons.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { Pages } from "../parts/pages.tsx";
import { availabilityWords, counted, formatDay, formatRate } from "../parts/words.ts";
import { HireTalent } from "./hire-talent.tsx";
import { Skill } from "./talents.tsx";
import { WriteReview } from "./write-review.tsx";

const route = getRouteApi("/signed-in/talents/$talentId");

export function Talent() {
  const queries = useOnSwiftQueries();
  const { talentId } = route.useParams();
  const query = useQuery(queries.users.get(talentId));
  return (
    <Loaded query={query} whole skeleton={<Rows count={3} height={180} />}>
      {(talent) => (
        <Stack gap="lg">
          <Profile talent={talent} />
          <SimpleGrid cols={{ base: 1, md: 3 }} spacing="lg">
            <About talent={talent} />
            <div className="wide">
              <Reviews talent={talent} />
            </div>
          </SimpleGrid>
        </Stack>
      )}
    </Loaded>
  );
}

function Profile({ talent }: { readonly talent: PublicProfile }) {
  const self = useSession()?.user;
  const canHire = self?.userType === "creator" && self.id !== talent.id;
  const goOn = useGoOn();
  const [isHiring, hiring] = useDisclosure();
  const write = useAction((onswift) => onswift.conversations.open(talent.id), ["conversations"], {
    onSuccess: ({ id }) =>
      goOn({ to: "/conversations/$conversationId", params: { conversationId: id } }),
  });
  return (
    <Stack className="card" p="lg" gap="md">
      <Group justify="space-between" align="flex-start">
        <Group wrap="nowrap">
          <Face user={talent} size={76} />
          <div>
            <Title order={1} size="h2">
              {talent.name}
            </Title>
            <Text c="dimmed">{talent.professionalTitle ?? "No title yet"}</Text>
            <Group gap="xs" mt={4}>
              <Stars rating={talent.averageRating} count={talent.totalReviews} />
              {talent.availability && <State {...availabilityWords[talent.availability]} />}
              {talent.hourlyRate !== null && (
                <Text size="sm">{formatRate(talent.hourlyRate)} per hour</Text>
              )}
            </Group>
          </div>
        </Group>
        {canHire && (
          <Group>
            <Button
              variant="default"
              leftSection={<Icon name="messages" size={16} />}
              loading={write.isPending}
              onClick={() => write.mutate()}
            >
              Message
            </Button>
            <Button leftSection={<Icon name="plus" size={16} />} onClick={hiring.open}>
              Add to a project
            </Button>
          </Group>
        )}
      </Group>
      <ErrorNote error={write.error} />
      <HireTalent talent={talent} opened={isHiring} onClose={hiring.close} />
    </Stack>
  );
}

function About({ talent }: { readonly talent: PublicProfile }) {
  const links = [
    ...(talent.portfolioLinks ?? []),
    talent.linkedinUrl,
    talent.githubUrl,
    talent.instagramUrl,
    talent.youtubeUrl,
    talent.twitterUrl,
  ].filter((link) => link !== null);
  return (
    <Stack className="card" p="lg" gap="md" style={{ alignSelf: "start" }}>
      <Title order={2} size="h4">
        About
      </Title>
      <Text size="sm" className="written">
        {talent.bio ?? "This talent has not written about themselves yet."}
      </Text>
      {talent.skills !== null && talent.skills.length > 0 && (
        <Group gap={6}>
          {talent.skills.map((skill) => (
            <Skill key={skill} name={skill} />
          ))}
        </Group>
      )}
      <Stack gap={4}>
        {links.map((link) => (
          <Anchor
            key={link}
            href={link}
            target="_blank"
            rel="noopener noreferrer nofollow"
            size="sm"
          >
            {link.replace(/^https?:\/\//, "")}
          </Anchor>
        ))}
      </Stack>
      <Text size="xs" c="dimmed">
        Member since {formatDay(talent.createdAt)}
      </Text>
    </Stack>
  );
}

function Reviews({ talent }: { readonly talent: PublicProfile }) {
  const queries = useOnSwiftQueries();
  const isCreator = useSession()?.user.userType === "creator";
  const [page, setPage] = useState(1);
  const [isWriting, writing] = useDisclosure();
  const query = useQuery({
    ...queries.reviews.list(talent.id, { page, limit: 10 }),
    placeholderData: keepPreviousData,
  });
  return (
    <Stack className="card" p="lg" gap="md">
      <Group justify="space-between" mih={36}>
        <Title order={2} size="h4">
          Reviews
        </Title>
        {isCreator && (
          <Button size="xs" variant="light" onClick={writing.open}>
            Write a review
          </Button>
        )}
      </Group>
      {talent.totalReviews > 0 && <Distribution counts={talent.reviewDistribution} />}
      <Loaded query={query} skeleton={<Rows count={2} />}>
        {({ reviews, pagination }) =>
          reviews.length === 0 ? (
            <Empty icon="person" title="No reviews yet">
              Creators review a talent after a completed project.
            </Empty>
          ) : (
            <>
              {reviews.map((review) => (
                <Stack key={review.id} gap={6}>
                  <Group justify="space-between">
                    <Person user={review.creator} note={formatDay(review.createdAt)} />
                    <Stars rating={review.rating} />
                  </Group>
                  <Text size="sm" className="written">
                    {review.text}
                  </Text>
                </Stack>
              ))}
              <Pages pagination={pagination} onPage={setPage} />
            </>
          )
        }
      </Loaded>
      <WriteReview talent={talent} opened={isWriting} onClose={writing.close} />
    </Stack>
  );
}

function Distribution({ counts }: { readonly counts: ReviewDistribution }) {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return (
    <Stack gap={4} maw={320}>
      {(["5", "4", "3", "2", "1"] as const).map((rating) => (
        <Group key={rating} gap="xs" wrap="nowrap">
          <Text size="xs" w={28} style={{ whiteSpace: "nowrap" }}>
            {rating} ★
          </Text>
          <Progress
            value={(counts[rating] / total) * 100}
            size="sm"
            style={{ flex: 1 }}
            aria-label={`${counted(counts[rating], "review")} with ${counted(Number(rating), "star")}`}
          />
          <Text size="xs" c="dimmed" w={20}>
            {counts[rating]}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
