"""Every page's frame: navigation, guard, address, the settings of a page that has its own."""
