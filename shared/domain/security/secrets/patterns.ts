/**
 * The forms of secrets as their issuers document them. What has a form of its own is sure; what only stands beside a
 * telling name must look random too.
 */
import type { Severity } from '../finding.ts';

export interface SecretPattern {
  readonly id: string;
  readonly name: string;
  /** With one group: the secret; without: all of it. */
  readonly pattern: RegExp;
  readonly severity: Severity;
  /** Text that must stand in the file in lower case, so that the pattern is worth trying. */
  readonly hint: string;
}

const pattern = (
  id: string,
  name: string,
  hint: string,
  expression: RegExp,
  severity: Severity = 'critical',
): SecretPattern => ({ id, name, hint, pattern: expression, severity });

export const secretPatterns: readonly SecretPattern[] = [
  pattern(
    'private-key',
    'private key',
    '-----begin',
    /-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|ENCRYPTED|PGP) )?PRIVATE KEY(?: BLOCK)?-----\s*[A-Za-z0-9+/=\\n\s:,-]{64,}?/g,
  ),
  pattern('aws-access-key', 'AWS access key id', 'a', /\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b/g),
  pattern(
    'aws-secret-key',
    'AWS secret access key',
    'aws',
    /aws.{0,30}?(?:secret|key).{0,20}?['"=:\s]\s*['"]?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
  ),
  pattern('github-token', 'GitHub token', 'gh', /\b(gh[pousr]_[A-Za-z0-9]{36,251})\b/g),
  pattern('github-fine-token', 'GitHub fine-grained token', 'github_pat_', /\b(github_pat_[A-Za-z0-9_]{22,255})\b/g),
  pattern(
    'gitlab-token',
    'GitLab token',
    'gl',
    /\b(gl(?:pat|ptt|dt|rt|cbt|oas|ft|soat|agent|imt)-[A-Za-z0-9_-]{20,})/g,
  ),
  pattern('npm-token', 'npm token', 'npm_', /\b(npm_[A-Za-z0-9]{36})\b/g),
  pattern('pypi-token', 'PyPI token', 'pypi-', /\b(pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,})/g),
  pattern('slack-token', 'Slack token', 'xox', /\b(xox(?:[bpears]|[ce])-(?:\d+-)*[A-Za-z0-9-]{10,})/g),
  pattern('slack-app-token', 'Slack app token', 'xapp-', /\b(xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]+)\b/gi),
  pattern(
    'slack-webhook',
    'Slack webhook',
    'hooks.slack.com',
    /(https:\/\/hooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9+/]{40,})/g,
  ),
  pattern(
    'discord-webhook',
    'Discord webhook',
    'discord',
    /(https:\/\/discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[A-Za-z0-9_-]{60,})/g,
  ),
  pattern('stripe-key', 'Stripe secret key', '_live_', /\b((?:sk|rk)_live_[A-Za-z0-9]{16,})\b/g),
  pattern(
    'openai-key',
    'OpenAI key',
    'sk-',
    /\b(sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{48})\b/g,
  ),
  pattern('anthropic-key', 'Anthropic key', 'sk-ant-', /\b(sk-ant-(?:api|admin)\d{2}-[A-Za-z0-9_-]{80,})/g),
  pattern('google-api-key', 'Google API key', 'aiza', /\b(AIza[A-Za-z0-9_-]{35})(?![A-Za-z0-9_-])/g, 'high'),
  pattern('google-oauth-secret', 'Google OAuth secret', 'gocspx-', /\b(GOCSPX-[A-Za-z0-9_-]{28})(?![A-Za-z0-9_-])/g),
  pattern(
    'gcp-service-account',
    'Google service account',
    'service_account',
    /"private_key_id"\s*:\s*"([0-9a-f]{40})"/g,
  ),
  pattern('azure-storage-key', 'Azure storage key', 'accountkey', /AccountKey=([A-Za-z0-9+/]{86}==)/g),
  pattern('digitalocean-token', 'DigitalOcean token', 'do', /\b(do[opr]_v1_[a-f0-9]{64})\b/g),
  pattern('sendgrid-key', 'SendGrid key', 'sg.', /\b(SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/g),
  pattern('mailchimp-key', 'Mailchimp key', '-us', /\b([0-9a-f]{32}-us\d{1,2})\b/g, 'high'),
  pattern('mailgun-key', 'Mailgun key', 'key-', /\b(key-[0-9a-f]{32})\b/g, 'high'),
  pattern('twilio-key', 'Twilio key', 'sk', /\b(SK[0-9a-f]{32})\b/g, 'high'),
  pattern('telegram-token', 'Telegram bot token', ':aa', /\b(\d{8,10}:AA[A-Za-z0-9_-]{33})(?![A-Za-z0-9_-])/g),
  pattern('shopify-token', 'Shopify token', 'shp', /\b(shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32})\b/g),
  pattern('square-token', 'Square token', 'sq0', /\b(sq0(?:atp|csp)-[A-Za-z0-9_-]{22,43})/g),
  pattern('linear-key', 'Linear key', 'lin_api_', /\b(lin_api_[A-Za-z0-9]{40})\b/g),
  pattern('notion-token', 'Notion token', 'secret_', /\b(secret_[A-Za-z0-9]{43})\b/g),
  pattern('figma-token', 'Figma token', 'figd_', /\b(figd_[A-Za-z0-9_-]{38,})/g),
  pattern('docker-token', 'Docker token', 'dckr_', /\b(dckr_(?:pat|oat)_[A-Za-z0-9_-]{24,})/g),
  pattern('huggingface-token', 'Hugging Face token', 'hf_', /\b(hf_[A-Za-z]{34})\b/g),
  pattern('databricks-token', 'Databricks token', 'dapi', /\b(dapi[a-f0-9]{32}(?:-\d)?)\b/g),
  pattern('vault-token', 'HashiCorp Vault token', 'hvs.', /\b(hv[sb]\.[A-Za-z0-9_-]{24,})/g),
  pattern(
    'age-key',
    'age secret key',
    'age-secret-key-',
    /\b(AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})\b/g,
  ),
  pattern('1password-token', '1Password token', 'ops_', /\b(ops_eyJ[A-Za-z0-9+/_-]{100,}=*)/g),
  pattern(
    'jwt',
    'signed token',
    'eyj',
    /\b(eyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,})/g,
    'medium',
  ),
  pattern(
    'connection-password',
    'password in an address',
    '://',
    /\b[a-z][a-z0-9+]{2,20}:\/\/[^\s:/@'"`<>{}$]{1,60}:([^\s:/@'"`<>{}$]{6,80})@[a-z0-9.-]+/gi,
    'high',
  ),
];

/** A name, then `=` or `:`, then a text in quotes. Whether the name tells of a secret is asked of `secretName`. */
export const assignedText =
  /(?<![\w.-])["'`]?([\w.-]{3,80})["'`]?\s{0,4}(?:=>|:=|[:=])\s{0,4}["'`]([^"'`\s]{8,200})["'`]/g;

export const secretName =
  /(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|auth[_-]?key|private[_-]?key|credential|encryption[_-]?key)(?:[_-]?[A-Za-z0-9]+)?$/i;
