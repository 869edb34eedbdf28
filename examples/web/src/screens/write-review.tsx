import { NativeSelect, Rating, Text, Textarea } from "@mantine/core";
import type { PublicProfile } from "@onswift/sdk";
import { useAction, useOnSwiftQueries } from "@onswift/sdk/react";
import { useState } from "react";
import { useAllPages } from "../parts/all-pages.ts";
import { fieldErrors } from "../parts/errors.tsx";
import { Loaded, Rows } from "../parts/loaded.tsx";
import { Dialog, DialogForm } from "./form-dialog.tsx";

export function WriteReview({
  talent,
  opened,
  onClose,
}: {
  readonly talent: PublicProfile;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const queries = useOnSwiftQueries();
  const [rating, setRating] = useState(5);
  const close = () => {
    setRating(5);
    onClose();
  };
  const query = useAllPages({
    ...queries.projects.pages({ status: "completed", limit: 100, sort: "name" }),
    enabled: opened,
  });
  const create = useAction(
    (onswift, { projectId, text }: { readonly projectId: string; readonly text: string }) =>
      onswift.reviews.create({ talentId: talent.id, projectId, rating, text }),
    ["reviews", "users"],
    { onSuccess: close },
  );
  const invalid = fieldErrors(create.error);
  return (
    <Dialog
      opened={opened}
      onClose={close}
      title={`Review ${talent.name}`}
      isBusy={create.isPending}
    >
      <Loaded query={query} skeleton={<Rows count={1} height={60} />}>
        {({ items: projects }) =>
          projects.length === 0 ? (
            <Text>A review requires a completed project that the talent worked on.</Text>
          ) : (
            <DialogForm
              onClose={close}
              action={create}
              submit="Publish review"
              fields={["projectId", "text"]}
              onSubmit={(value) =>
                create.mutate({ projectId: value("projectId"), text: value("text") })
              }
            >
              <NativeSelect
                name="projectId"
                label="Completed project"
                data={projects.map(({ id, name }) => ({ value: id, label: name }))}
                error={invalid.projectId}
              />
              <div>
                <Text size="sm" fw={500}>
                  Rating
                </Text>
                <Rating
                  value={rating}
                  onChange={setRating}
                  size="lg"
                  color="#b7791f"
                  getSymbolLabel={(value) => `${value} of 5 stars`}
                />
              </div>
              <Textarea name="text" label="Review" autosize minRows={3} error={invalid.text} />
            </DialogForm>
          )
        }
      </Loaded>
    </Dialog>
  );
}
