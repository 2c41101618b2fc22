// expect: incomplete-key@9:6
interface Request {
  // As passport declares it.
  user?: any;
}

export function handler(req: Request): (id: number) => Promise<string> {
  const tenant = req.user.tenant;
  // @zcache
  const load = async (id: number): Promise<string> => tenant + id;
  return load;
}
