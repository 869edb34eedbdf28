import type { Operation } from "../operation.ts";
import * as schemas from "../schemas/reviews.ts";

const tag = "Reviews";

const listReviews: Operation = {
  id: "listReviews",
  method: "get",
  path: "/users/:userId/reviews",
  tag,
  summary: "List the reviews of a talent",
  description: "No access token is required. Requests without one are limited per IP address.",
  access: "anyone",
  params: schemas.talentParams,
  query: schemas.reviewQuery,
  success: {
    status: 200,
    description: "The talent's rating and one page of reviews",
    schema: schemas.reviewList,
    list: "reviews",
  },
  errors: ["NOT_FOUND", "PROFILE_PRIVATE"],
  handle: ({ call, params, query }) => call("list_reviews", params, { input: query }),
};

const createReview: Operation = {
  id: "createReview",
  method: "post",
  path: "/reviews",
  tag,
  summary: "Review a talent after a completed project (project creator only)",
  description:
    "The talent must have been on the team when the project was completed, or have an approved deliverable in it. One review per talent and project.",
  access: "user",
  idempotent: true,
  body: schemas.createReview,
  success: { status: 201, description: "The review", schema: schemas.review },
  errors: ["CREATOR_ONLY", "ALREADY_REVIEWED", "NO_COMPLETED_PROJECT", "FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, body }) => call("create_review", {}, { input: body }),
};

const updateReview: Operation = {
  id: "updateReview",
  method: "put",
  path: "/reviews/:reviewId",
  tag,
  summary: "Update a review (author only)",
  access: "user",
  params: schemas.reviewParams,
  body: schemas.updateReview,
  success: { status: 200, description: "The updated review", schema: schemas.review },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, params, body }) => call("update_review", { ...params, patch: body.json }),
};

const deleteReview: Operation = {
  id: "deleteReview",
  method: "delete",
  path: "/reviews/:reviewId",
  tag,
  summary: "Delete a review (author only)",
  description: "A deleted review is not shown and not counted. The talent can be reviewed again.",
  access: "user",
  params: schemas.reviewParams,
  success: { status: 204, description: "The review has been deleted" },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: async ({ call, params }) => {
    await call("delete_review", params);
    return undefined;
  },
};

export const reviews: readonly Operation[] = [
  listReviews,
  createReview,
  updateReview,
  deleteReview,
];
