import { z } from "zod";
import { userType } from "./auth.ts";
import {
  answer,
  answers,
  instant,
  link,
  pagination,
  paging,
  requestBody,
  sortable,
  text,
  userCard,
  uuid,
} from "./common.ts";
import { distribution, publicReview } from "./reviews.ts";

const availability = z.enum([
  "available_now",
  "available_1_2_weeks",
  "available_2_4_weeks",
  "not_available",
]);

const profileLinks = {
  linkedinUrl: link.nullish(),
  twitterUrl: link.nullish(),
  instagramUrl: link.nullish(),
  youtubeUrl: link.nullish(),
  githubUrl: link.nullish(),
};

export const updateMe = requestBody(
  "UpdateProfile",
  {
    name: text(1, 255).optional(),
    companyName: text(0, 255).nullish().meta({ description: "Creators only." }),
    professionalTitle: text(0, 255).nullish().meta({ description: "Talents only." }),
    bio: text(0, 500).nullish().meta({ description: "Talents only." }),
    skills: z
      .array(text(1, 100))
      .max(10)
      .nullish()
      .meta({ description: "Names from `GET /skills`. Talents only." }),
    portfolioLinks: z.array(link).max(5).nullish().meta({ description: "Talents only." }),
    hourlyRate: z
      .number()
      .min(5)
      .max(500)
      .multipleOf(0.01)
      .nullish()
      .meta({ description: "US dollars. Talents only." }),
    availability: availability.nullish().meta({ description: "Talents only." }),
    ...profileLinks,
    avatarFileId: uuid
      .nullish()
      .meta({ description: "An upload of the caller, made for an avatar." }),
  },
  {
    examples: [
      {
        professionalTitle: "Editor",
        skills: ["Video Editing"],
        hourlyRate: 60,
        availability: "available_now",
      },
    ],
  },
);

export const deleteMeQuery = z.object({
  force: z
    .boolean()
    .optional()
    .meta({ description: "Delete the account even if deliverables are still open." }),
});

const url = z.url().nullable();

const talentFields = {
  professionalTitle: z.string().nullable(),
  bio: z.string().nullable(),
  skills: z.array(z.string()).nullable(),
  portfolioLinks: z.array(z.url()).nullable(),
  hourlyRate: z.number().nullable(),
  currency: z.literal("USD"),
  availability: availability.nullable(),
};

const socialFields = {
  linkedinUrl: url,
  twitterUrl: url,
  instagramUrl: url,
  youtubeUrl: url,
  githubUrl: url,
};

const ratingFields = {
  averageRating: z.number().min(1).max(5).nullable(),
  totalReviews: z.int().min(0),
};

const ownFields = {
  id: uuid,
  email: z.email(),
  emailVerified: z.boolean(),
  name: z.string(),
  avatarUrl: url,
  currency: z.literal("USD"),
  ...socialFields,
  ...ratingFields,
  profileCompletionPercentage: z.int().min(0).max(100),
  createdAt: instant,
  updatedAt: instant,
};

const creatorProfile = answer("OwnCreatorProfile", {
  ...ownFields,
  userType: z.literal("creator"),
  companyName: z.string().nullable(),
  professionalTitle: z.null(),
  bio: z.null(),
  skills: z.null(),
  portfolioLinks: z.null(),
  hourlyRate: z.null(),
  availability: z.null(),
});

const talentProfile = answer("OwnTalentProfile", {
  ...ownFields,
  userType: z.literal("talent"),
  companyName: z.null(),
  ...talentFields,
});

export const me = z
  .discriminatedUnion("userType", [creatorProfile, talentProfile])
  .register(answers, { id: "OwnProfile" });

export const avatarUrl = answer("AvatarUrl", { avatarUrl: z.url() });

export const profile = answer("Profile", {
  id: uuid,
  name: z.string(),
  userType,
  avatarUrl: url,
  ...talentFields,
  ...socialFields,
  ...ratingFields,
  reviewDistribution: distribution,
  latestReviews: z.array(publicReview).meta({ description: "The three newest reviews." }),
  createdAt: instant,
});

/** A rate in a query. Rates are between 5 and 500; bounds may be outside. */
const rateBound = (example: number, description: string) =>
  z
    .number()
    .min(0)
    .max(9999)
    .optional()
    .meta({ examples: [example], description });

export const searchQuery = z.object({
  q: text(0, 200)
    .optional()
    .meta({
      examples: ["video edi"],
      description:
        "Words in name, title and bio; each of them must be there. Case and accents do not matter. The last word may be the beginning of a word, and a word of 5 letters or more that no profile contains also finds the words that differ in one letter.",
    }),
  skills: z
    .array(text(1, 100))
    .max(10)
    .optional()
    .meta({
      examples: [["UI Design", "Figma"]],
      description:
        "Names from `GET /skills`: `skills[]=UI%20Design&skills[]=Figma`. The name without brackets can be repeated as well.",
    }),
  skillsMode: z
    .enum(["all", "any"])
    .optional()
    .meta({ default: "all", description: "Whether talents need all of the skills, or any." }),
  minRate: rateBound(40, "US dollars per hour. Talents without a rate are left out."),
  maxRate: rateBound(80.5, "US dollars per hour. Talents without a rate are left out."),
  availability: availability.optional(),
  minRating: z
    .number()
    .min(1)
    .max(5)
    .optional()
    .meta({ examples: [4.5], description: "Talents without reviews are left out." }),
  sort: sortable(
    ["averageRating", "hourlyRate", "createdAt"],
    "relevance, which is: talents who are `not_available` last, then matches in name or title, with `skillsMode=any` those with more of the skills, the better rated, the newer",
  ),
  page: paging(20).page,
  limit: paging(20).limit.meta({
    default: 20,
    description: "Talents per page. A value above 50 counts as 50.",
  }),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{60,400}$/)
    .optional()
    .meta({
      description:
        "Instead of `page`: the `nextCursor` of an earlier response to the same search. The page begins behind the last talent of that response, also when others changed meanwhile.",
    }),
});

export const talentList = answer("TalentList", {
  users: z.array(
    z.object({
      id: uuid,
      name: z.string(),
      professionalTitle: z.string().nullable(),
      avatarUrl: url,
      skills: z.array(z.string()),
      hourlyRate: z.number().nullable().meta({ description: "US dollars." }),
      currency: z.literal("USD"),
      availability: availability.nullable(),
      ...ratingFields,
    }),
  ),
  pagination: pagination.meta({
    description:
      "`total` is exact. With a `cursor`, `page` is 1 and `hasPrev` false: the list begins behind the cursor. `hasNext` is whether there is a `nextCursor`.",
  }),
  nextCursor: z.string().nullable().meta({ description: "Null on the last page." }),
});

export const skills = answer("SkillList", {
  skills: z.array(z.object({ id: uuid, name: z.string() })),
});

export const blockList = answer("BlockList", { users: z.array(userCard) });
