/** What may be an address and a password. Lengths and the ban on trivial passwords follow NIST SP 800-63B, 5.1.1. */
import { err, ok, type Issue, type Result } from '../../../errors/result.ts';

const maxEmailCharacters = 254;
const maxPasswordCharacters = 256;
const emailPattern = /^[^\s@"(),:;<>[\\\]]+@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;

/** The address as accounts are compared by it. */
export const normalEmail = (email: string): string => email.trim().toLowerCase();

/** The same password typed on another keyboard is the same password. */
export const normalPassword = (password: string): string => password.normalize('NFKC');

const emailReason = (email: unknown): string | undefined => {
  if (typeof email !== 'string') return 'must be text';
  const normal = normalEmail(email);
  if (normal.length > maxEmailCharacters) return `must be at most ${maxEmailCharacters} characters`;
  return emailPattern.test(normal) ? undefined : 'must be an e-mail address, like someone@example.com';
};

const isOneRun = (password: string): boolean => {
  const steps = new Set<number>();
  for (let index = 1; index < password.length; index += 1)
    steps.add(password.charCodeAt(index) - password.charCodeAt(index - 1));
  return steps.size === 1 && [-1, 0, 1].some((step) => steps.has(step));
};

const commonPasswords = new Set(
  'password password1 password12 password123 passw0rd qwertyui qwertyuiop qwerty123 letmein123 iloveyou welcome1 welcome123 admin123 administrator changeme sunshine princess football baseball superman trustno1 starwars whatever 1q2w3e4r 1qaz2wsx zaq12wsx asdfghjkl abcd1234 a1b2c3d4 11223344'.split(
    ' ',
  ),
);

const passwordReason = (password: unknown, email: string, minimumLength: number): string | undefined => {
  if (typeof password !== 'string') return 'must be text';
  const normal = normalPassword(password);
  const { length } = normal;
  if (length < minimumLength) return `must be at least ${minimumLength} characters`;
  if (length > maxPasswordCharacters) return `must be at most ${maxPasswordCharacters} characters`;
  const plain = normal.toLowerCase();
  const [mailbox = ''] = email.split('@');
  if (plain === email || plain === mailbox) return 'must not be the e-mail address';
  if (isOneRun(plain) || commonPasswords.has(plain)) return 'is among the first that anybody would guess';
  return undefined;
};

/** Checks what somebody signs up with; answers the normal address. */
export const checkNewCredentials = (
  email: unknown,
  password: unknown,
  minimumLength: number,
): Result<{ readonly email: string; readonly password: string }> => {
  const badEmail = emailReason(email);
  const normal = badEmail === undefined ? normalEmail(String(email)) : '';
  const badPassword = passwordReason(password, normal, minimumLength);
  const issues: Issue[] = [];
  if (badEmail !== undefined) issues.push({ field: 'email', reason: badEmail });
  if (badPassword !== undefined) issues.push({ field: 'password', reason: badPassword });
  const [first] = issues;
  if (first !== undefined) return err({ type: 'request.invalid', detail: `${first.field}: ${first.reason}`, issues });
  return ok({ email: normal, password: normalPassword(String(password)) });
};
