import { beforeAll, describe, test } from "vitest";
import { formOf, picture } from "../../rest/uploads.ts";
import { bad, buildWorld, expectSameError, type NamedCase, unknownId, type World } from "./case.ts";

const image = { name: "logo.png", data: new Uint8Array(8) };
const wrongSubmission = { projectId: "x", taskId: "y", title: "x".repeat(300) };
const wrongReview = { talentId: "x", projectId: "y", rating: 6, text: "" };
const wrongUpload = { uploadType: "poem", fileName: "", fileSize: 0, mimeType: "text/x" };
const aReview = ({ talent, projectId }: World) => ({
  talentId: talent.id,
  projectId,
  rating: 5,
  text: "Great work",
});

const cases: readonly NamedCase[] = [
  [
    "a submission without a title and files",
    {
      as: "talent",
      sdk: ({ sdk }, { projectId, taskId }) =>
        sdk.deliverables.submit(bad({ projectId, taskId, files: [] })),
      rest: ({ rest }, { projectId, taskId }) =>
        rest.post("/deliverables", formOf({ projectId, taskId })),
    },
  ],
  [
    "a submission of a creator",
    {
      as: "creator",
      sdk: ({ sdk }, { projectId, taskId }) =>
        sdk.deliverables.submit({ projectId, taskId, title: "Logo", files: [image] }),
      rest: ({ rest }, { projectId, taskId }) =>
        rest.post("/deliverables", formOf({ projectId, taskId, title: "Logo", files: picture() })),
    },
  ],
  [
    "a deliverable id that is not a UUID",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.deliverables.approve("nonsense"),
      rest: ({ rest }) => rest.put("/deliverables/nonsense", { action: "approve" }),
    },
  ],
  [
    "a request for a revision of an unknown deliverable",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.deliverables.requestRevision(unknownId, ""),
      rest: ({ rest }) =>
        rest.put(`/deliverables/${unknownId}`, { action: "request-revision", feedback: "" }),
    },
  ],
  [
    "a review with every field invalid",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.reviews.create(bad(wrongReview)),
      rest: ({ rest }) => rest.post("/reviews", wrongReview),
    },
  ],
  [
    "a review before the project is completed",
    {
      as: "creator",
      sdk: ({ sdk }, w) => sdk.reviews.create(aReview(w)),
      rest: ({ rest }, w) => rest.post("/reviews", aReview(w)),
    },
  ],
  [
    "the reviews of a creator",
    {
      sdk: ({ sdk }, { creator }) => sdk.reviews.list(creator.id),
      rest: ({ rest }, { creator }) => rest.get(`/users/${creator.id}/reviews`),
    },
  ],
  [
    "the replacement of a file of an unknown deliverable",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.deliverables.replaceFile(unknownId, unknownId, image),
      rest: ({ rest }) =>
        rest.post(
          `/deliverables/${unknownId}/files/${unknownId}/replace`,
          formOf({ file: picture() }),
        ),
    },
  ],
  [
    "a resubmission of an unknown deliverable",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.deliverables.resubmit(unknownId, { files: [image] }),
      rest: ({ rest }) =>
        rest.post(`/deliverables/${unknownId}/resubmit`, formOf({ files: picture() })),
    },
  ],
  [
    "a submission with ids that are not UUIDs and a long title",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.deliverables.submit({ ...wrongSubmission, files: [image] }),
      rest: ({ rest }) =>
        rest.post("/deliverables", formOf({ ...wrongSubmission, files: picture() })),
    },
  ],
  [
    "a reservation of an upload with every field invalid",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.files.createUpload(bad(wrongUpload)),
      rest: ({ rest }) => rest.post("/upload/presigned-url", wrongUpload),
    },
  ],
  [
    "a download of a file with an id that is not a UUID",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.files.downloadUrl("nonsense"),
      rest: ({ rest }) => rest.get("/files/nonsense/download-url"),
    },
  ],
  [
    "a sample link without a name and an address",
    {
      as: "creator",
      sdk: ({ sdk }, { projectId }) => sdk.samples.add(projectId, bad({ type: "link" })),
      rest: ({ rest }, { projectId }) =>
        rest.post(`/projects/${projectId}/samples`, { type: "link" }),
    },
  ],
  [
    "a calendar of more than 366 days",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.calendar.get({ from: "2026-01-01", to: "2027-06-01" }),
      rest: ({ rest }) => rest.get("/calendar?from=2026-01-01&to=2027-06-01"),
    },
  ],
  [
    "analytics with every field invalid",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.analytics.me(bad({ from: "x", to: "y", timeZone: "Z/Z", bucket: "b" })),
      rest: ({ rest }) => rest.get("/analytics/me?from=x&to=y&timeZone=Z%2FZ&bucket=b"),
    },
  ],
  [
    "an audit trail of an id that is not a UUID",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.analytics.audit({ projectId: "nonsense" }),
      rest: ({ rest }) => rest.get("/audit?projectId=nonsense"),
    },
  ],
];

describe("deliverables, files, reviews and reports", () => {
  let world: World;
  beforeAll(async () => {
    world = await buildWorld();
  });

  test.each(cases)("%s gets the same error through SDK and REST", async (_what, attempt) => {
    await expectSameError(world, attempt);
  });
});
