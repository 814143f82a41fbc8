-- The tables of an Odoo 16 with the `openems` addon, as far as an OpenEMS Backend and edge-tasks use them.
-- openems_* are equal to the addon's; the tables of Odoo itself have only what these refer to.

CREATE TABLE res_users (
    id serial PRIMARY KEY,
    active boolean DEFAULT true,
    login character varying NOT NULL,
    CONSTRAINT res_users_login_key UNIQUE (login)
);
INSERT INTO res_users (id, active, login) VALUES (1, false, '__system__'), (2, true, 'admin');
SELECT setval('res_users_id_seq', 2);

CREATE TABLE stock_lot (id serial PRIMARY KEY, name character varying NOT NULL);

CREATE TABLE ir_attachment (id serial PRIMARY KEY, name character varying NOT NULL);

CREATE TABLE openems_device (
    id serial PRIMARY KEY,
    message_main_attachment_id integer REFERENCES ir_attachment (id) ON DELETE SET NULL,
    stock_production_lot_id integer REFERENCES stock_lot (id) ON DELETE SET NULL,
    name_number integer,
    create_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    write_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    name character varying NOT NULL,
    comment character varying,
    producttype character varying,
    emshardware character varying,
    oem character varying,
    openems_version character varying,
    setup_password character varying,
    apikey character varying NOT NULL,
    openems_sum_state_level character varying,
    internalnote text,
    openems_config text,
    openems_config_components text,
    active boolean,
    openems_is_connected boolean,
    manual_setup_date timestamp without time zone,
    lastmessage timestamp without time zone,
    lastupdate timestamp without time zone,
    create_date timestamp without time zone,
    write_date timestamp without time zone,
    CONSTRAINT openems_device_unique_name UNIQUE (name),
    CONSTRAINT openems_device_unique_stock_production_lot_id UNIQUE (stock_production_lot_id)
);
COMMENT ON TABLE openems_device IS 'OpenEMS Edge Device';
COMMENT ON COLUMN openems_device.message_main_attachment_id IS 'Main Attachment';
COMMENT ON COLUMN openems_device.stock_production_lot_id IS 'Stock Production Lot';
COMMENT ON COLUMN openems_device.name_number IS 'Name Number';
COMMENT ON COLUMN openems_device.create_uid IS 'Created by';
COMMENT ON COLUMN openems_device.write_uid IS 'Last Updated by';
COMMENT ON COLUMN openems_device.name IS 'Name';
COMMENT ON COLUMN openems_device.comment IS 'Comment';
COMMENT ON COLUMN openems_device.producttype IS 'Product type';
COMMENT ON COLUMN openems_device.emshardware IS 'EMS Hardware';
COMMENT ON COLUMN openems_device.oem IS 'OEM Branding';
COMMENT ON COLUMN openems_device.openems_version IS 'OpenEMS Version';
COMMENT ON COLUMN openems_device.setup_password IS 'Installation Key';
COMMENT ON COLUMN openems_device.apikey IS 'API-Key';
COMMENT ON COLUMN openems_device.openems_sum_state_level IS 'OpenEMS State';
COMMENT ON COLUMN openems_device.internalnote IS 'Internal note';
COMMENT ON COLUMN openems_device.openems_config IS 'OpenEMS Config Full';
COMMENT ON COLUMN openems_device.openems_config_components IS 'OpenEMS Config';
COMMENT ON COLUMN openems_device.active IS 'Active';
COMMENT ON COLUMN openems_device.openems_is_connected IS 'OpenEMS Is connected';
COMMENT ON COLUMN openems_device.manual_setup_date IS 'Manual Setup Date';
COMMENT ON COLUMN openems_device.lastmessage IS 'Last message';
COMMENT ON COLUMN openems_device.lastupdate IS 'Last data update';
COMMENT ON COLUMN openems_device.create_date IS 'Created on';
COMMENT ON COLUMN openems_device.write_date IS 'Last Updated on';
COMMENT ON CONSTRAINT openems_device_unique_name ON openems_device IS 'unique(name)';
COMMENT ON CONSTRAINT openems_device_unique_stock_production_lot_id ON openems_device
    IS 'unique(stock_production_lot_id)';

CREATE TABLE openems_openemsconfigupdate (
    id serial PRIMARY KEY,
    device_id integer REFERENCES openems_device (id) ON DELETE SET NULL,
    create_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    write_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    teaser text,
    details text,
    create_date timestamp without time zone,
    write_date timestamp without time zone
);
COMMENT ON TABLE openems_openemsconfigupdate IS 'OpenEMS Edge Device Configuration Update';
COMMENT ON COLUMN openems_openemsconfigupdate.device_id IS 'OpenEMS Edge';
COMMENT ON COLUMN openems_openemsconfigupdate.create_uid IS 'Created by';
COMMENT ON COLUMN openems_openemsconfigupdate.write_uid IS 'Last Updated by';
COMMENT ON COLUMN openems_openemsconfigupdate.teaser IS 'Update Details Teaser';
COMMENT ON COLUMN openems_openemsconfigupdate.details IS 'Update Details';
COMMENT ON COLUMN openems_openemsconfigupdate.create_date IS 'Created on';
COMMENT ON COLUMN openems_openemsconfigupdate.write_date IS 'Last Updated on';

CREATE TABLE openems_device_tag (
    id serial PRIMARY KEY,
    create_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    write_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    name character varying NOT NULL,
    create_date timestamp without time zone,
    write_date timestamp without time zone
);
COMMENT ON TABLE openems_device_tag IS 'OpenEMS Edge Device Tag';
COMMENT ON COLUMN openems_device_tag.create_uid IS 'Created by';
COMMENT ON COLUMN openems_device_tag.write_uid IS 'Last Updated by';
COMMENT ON COLUMN openems_device_tag.name IS 'Name';
COMMENT ON COLUMN openems_device_tag.create_date IS 'Created on';
COMMENT ON COLUMN openems_device_tag.write_date IS 'Last Updated on';

CREATE TABLE openems_device_openems_device_tag_rel (
    openems_device_id integer NOT NULL REFERENCES openems_device (id) ON DELETE CASCADE,
    openems_device_tag_id integer NOT NULL
        CONSTRAINT openems_device_openems_device_tag_re_openems_device_tag_id_fkey
        REFERENCES openems_device_tag (id) ON DELETE CASCADE,
    PRIMARY KEY (openems_device_id, openems_device_tag_id)
);
CREATE INDEX openems_device_openems_device_openems_device_tag_id_openems_idx
    ON openems_device_openems_device_tag_rel (openems_device_tag_id, openems_device_id);
COMMENT ON TABLE openems_device_openems_device_tag_rel
    IS 'RELATION BETWEEN openems_device AND openems_device_tag';

CREATE TABLE openems_device_user_role (
    id serial PRIMARY KEY,
    device_id integer REFERENCES openems_device (id) ON DELETE SET NULL,
    user_id integer REFERENCES res_users (id) ON DELETE SET NULL,
    create_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    write_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    role character varying NOT NULL,
    create_date timestamp without time zone,
    write_date timestamp without time zone,
    CONSTRAINT openems_device_user_role_device_user_uniq UNIQUE (device_id, user_id)
);
COMMENT ON TABLE openems_device_user_role IS 'OpenEMS Edge Device User Role';
COMMENT ON COLUMN openems_device_user_role.device_id IS 'OpenEMS Edge';
COMMENT ON COLUMN openems_device_user_role.user_id IS 'User';
COMMENT ON COLUMN openems_device_user_role.create_uid IS 'Created by';
COMMENT ON COLUMN openems_device_user_role.write_uid IS 'Last Updated by';
COMMENT ON COLUMN openems_device_user_role.role IS 'Role';
COMMENT ON COLUMN openems_device_user_role.create_date IS 'Created on';
COMMENT ON COLUMN openems_device_user_role.write_date IS 'Last Updated on';
COMMENT ON CONSTRAINT openems_device_user_role_device_user_uniq ON openems_device_user_role
    IS 'unique(device_id, user_id)';
