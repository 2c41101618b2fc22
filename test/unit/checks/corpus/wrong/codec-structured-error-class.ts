// expect: unfaithful-codec@8:19
class NotFound extends Error {
  constructor(readonly what: string) {
    super(`No ${what}`);
  }
}

// @zcache codec: structured
export async function find(name: string): Promise<string | NotFound> {
  return name === "" ? new NotFound("name") : name;
}
