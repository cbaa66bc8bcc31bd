-- Keys that sign id tokens. All servers of one database share them; a retired key signs nothing more but is still shown,
-- so that tokens which are under way can be checked.

create table signing_keys (
  id bigint generated always as identity primary key,
  -- RFC 7638 thumbprint of the public key.
  kid text not null unique,
  public_jwk jsonb not null,
  -- PKCS #8, sealed.
  private_key bytea not null,
  created_at timestamptz not null,
  retired_at timestamptz
);
create unique index signing_keys_one_signs_idx on signing_keys ((retired_at is null)) where retired_at is null;
