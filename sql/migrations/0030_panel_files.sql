-- Pictures and films for the information panels of displays, each content once an office
-- depends: 0026_device_pairing
-- migrate: apply

CREATE TABLE panel_content (
    office_id  integer     NOT NULL REFERENCES office (id) ON DELETE CASCADE,
    -- Of the content; a device asks for it by this.
    sha256     bytea       NOT NULL,
    media_type text        NOT NULL,
    content    bytea       NOT NULL,
    kept_at    timestamptz NOT NULL,
    PRIMARY KEY (office_id, sha256),
    CONSTRAINT panel_content_sha256_check CHECK (sha256 = sha256(content)),
    CONSTRAINT panel_content_media_type_check
        CHECK (media_type IN ('image/png', 'image/jpeg', 'video/webm', 'video/mp4')),
    -- 20 MiB, as protocol.panel.LARGEST_FILM_BYTES says.
    CONSTRAINT panel_content_size_check CHECK (octet_length(content) BETWEEN 1 AND 20971520)
);
-- Compressed already.
ALTER TABLE panel_content ALTER COLUMN content SET STORAGE EXTERNAL;

-- What the office calls it, and its set-up with it.
CREATE TABLE panel_file (
    office_id integer     NOT NULL REFERENCES office (id) ON DELETE CASCADE,
    name      text        NOT NULL,
    sha256    bytea       NOT NULL,
    named_at  timestamptz NOT NULL,
    PRIMARY KEY (office_id, name),
    CONSTRAINT panel_file_content_fkey FOREIGN KEY (office_id, sha256) REFERENCES panel_content (office_id, sha256)
);
CREATE INDEX panel_file_sha256_index ON panel_file (office_id, sha256);

-- migrate: rollback
DROP TABLE panel_file;
DROP TABLE panel_content;
