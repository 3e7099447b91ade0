"""The workbench: pages and a JSON API over the store, served on this machine. `app.create_app` puts it together."""
