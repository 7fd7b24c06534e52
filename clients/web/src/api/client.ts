import { createClient } from "@trillm/sdk";

/** The service that this page came from. */
export const service = createClient();
