import { type Session } from "./session";

export interface FindOptions {
  limit?: number;
  session?: Session;
}
