/**
 * The SDK methods of each operation of the REST API, by operationId. An operation that is missing here fails
 * test/sdk/operations.test.ts.
 */
export const methodsOf: Readonly<Record<string, readonly string[]>> = {
  signUp: ["auth.signUp"],
  signIn: ["auth.signIn"],
  signOut: ["auth.signOut"],
  refresh: ["auth.refresh"],
  forgotPassword: ["auth.forgotPassword"],
  resetPassword: ["auth.resetPassword"],
  verifyEmail: ["auth.verifyEmail"],
  resendVerification: ["auth.resendVerification"],
  changePassword: ["auth.changePassword"],
  changeEmail: ["auth.changeEmail"],
  listSessions: ["auth.sessions.list"],
  revokeSession: ["auth.sessions.revoke"],
  listSecurityEvents: ["auth.securityLog"],

  getMe: ["users.me"],
  updateMe: ["users.update"],
  setAvatar: ["users.setAvatar"],
  deleteMe: ["users.delete"],
  exportMe: ["users.export", "users.exportPieces"],
  searchTalent: ["users.search"],
  getUser: ["users.get"],
  listSkills: ["users.skills"],
  listBlocks: ["users.blocks"],
  blockUser: ["users.block"],
  unblockUser: ["users.unblock"],

  listProjects: ["projects.list"],
  createProject: ["projects.create"],
  getProject: ["projects.get"],
  updateProject: ["projects.update"],
  deleteProject: ["projects.delete"],

  addTeamMember: ["team.add"],
  removeTeamMember: ["team.remove", "team.leave"],

  listTasks: ["tasks.list"],
  listProjectTasks: ["tasks.list"],
  createTask: ["tasks.create"],
  getTask: ["tasks.get"],
  updateTask: ["tasks.update", "tasks.setStatus"],
  deleteTask: ["tasks.delete"],

  createUpload: ["files.createUpload"],
  getDownload: ["files.downloadUrl"],

  listDeliverables: ["deliverables.list"],
  submitDeliverable: ["deliverables.submit"],
  getDeliverable: ["deliverables.get"],
  reviewDeliverable: ["deliverables.approve", "deliverables.requestRevision"],
  resubmitDeliverable: ["deliverables.resubmit"],
  replaceFile: ["deliverables.replaceFile"],
  deleteDeliverable: ["deliverables.delete"],

  listSamples: ["samples.list"],
  addSample: ["samples.add"],
  deleteSample: ["samples.delete"],

  listConversations: ["conversations.list"],
  openConversation: ["conversations.open"],
  getConversation: ["conversations.get"],
  markConversationRead: ["conversations.markRead"],

  listMessages: ["messages.list"],
  sendMessage: ["messages.send"],
  editMessage: ["messages.edit"],
  deleteMessage: ["messages.delete"],

  listReviews: ["reviews.list"],
  createReview: ["reviews.create"],
  updateReview: ["reviews.update"],
  deleteReview: ["reviews.delete"],

  getCalendar: ["calendar.get"],
  createCalendarLink: ["calendar.createLink"],
  getCalendarLink: ["calendar.getLink"],
  deleteCalendarLink: ["calendar.deleteLink"],

  getAnalytics: ["analytics.me"],
  listAuditEvents: ["analytics.audit"],

  listNotifications: ["notifications.list"],
  markAllNotificationsRead: ["notifications.markAllRead"],
  markNotificationRead: ["notifications.markRead"],
  getNotificationPreferences: ["notifications.preferences"],
  updateNotificationPreferences: ["notifications.updatePreferences"],
  unsubscribe: ["notifications.unsubscribe"],
};

/** Operations of the REST API that the SDK does not have. */
export const onlyInRest = [
  // The page that a link in a mail opens in a browser.
  "followUnsubscribeLink",
  // The feed that calendar programs read.
  "getCalendarFeed",
  // These describe the API itself.
  "getDocs",
  "getDocsScript",
  "getHealth",
  "getOpenApi",
] as const;

/** Methods of the SDK that do not call one operation of the REST API. */
export const onlyInSdk = [
  // The session on this device.
  "auth.getSession",
  "auth.onChange",
  // Second factors: Auth itself is their door, also for clients of the REST API.
  "auth.mfa.enroll",
  "auth.mfa.challenge",
  "auth.mfa.verify",
  "auth.mfa.challengeAndVerify",
  "auth.mfa.unenroll",
  "auth.mfa.listFactors",
  "auth.mfa.getAuthenticatorAssuranceLevel",
  // Reads the profile to check that session.
  "auth.verify",
  // The steps of an upload. The REST API takes files as forms.
  "files.upload",
  "files.confirm",
  "files.discard",
  // Makes the URL of a smaller image from that of the avatar.
  "users.avatarUrl",
  // A download with the user's own token.
  "files.waitUntilClean",
  "files.download",
  // Realtime has its own protocol.
  "realtime.on",
  "realtime.onResync",
  "realtime.onStatus",
  "realtime.conversation",
  "realtime.close",
  "realtime.leaveDuring",
] as const;

/** Operations with different names in SQL, REST and SDK. docs/architecture.md gives the reasons. */
export const nameExceptions: Readonly<Record<string, { readonly sql: readonly string[] }>> = {
  // Supabase Auth does these, so there is no function in the schema `api`.
  signUp: { sql: [] },
  signIn: { sql: [] },
  signOut: { sql: [] },
  refresh: { sql: [] },
  // The operation uploads and then updates the profile.
  setAvatar: { sql: ["update_me"] },
  reviewDeliverable: { sql: ["approve_deliverable", "request_revision"] },
};

/** Codes of an operation that its SDK methods cannot return. */
export const notInSdk: Readonly<Record<string, readonly string[]>> = {
  // The types of the SDK allow no other scope.
  signOut: ["VALIDATION_ERROR"],
  // A missing token is an invalid one.
  verifyEmail: ["VALIDATION_ERROR"],
  // The SDK waits for the scan.
  setAvatar: ["SCAN_PENDING"],
};

/** Codes that only the SDK methods of an operation can return. */
export const moreInSdk: Readonly<Record<string, readonly string[]>> = {
  // A suspended account; the REST API does not reveal it.
  signIn: ["FORBIDDEN"],
  // There is no session to renew.
  refresh: ["NOT_AUTHENTICATED"],
  // The overload for one project.
  listTasks: ["NOT_FOUND", "FORBIDDEN"],
};
