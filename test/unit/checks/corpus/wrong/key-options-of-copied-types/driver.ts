// A library's declaration file, copied into the program: it has classes, and no code of them.
export declare class Session {
  private constructor();
  commit(): Promise<void>;
}

export interface FindOptions {
  limit?: number;
  session?: Session;
}
