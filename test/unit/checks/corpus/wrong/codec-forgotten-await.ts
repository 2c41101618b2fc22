// expect: unfaithful-codec@7:4
async function loadPosts(user: string): Promise<string[]> {
  return [user];
}

// `posts` is {} on a hit.
// @zcache ttl: 10m
export async function profile(user: string) {
  return { user, posts: loadPosts(user) };
}
