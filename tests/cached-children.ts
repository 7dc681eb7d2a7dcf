// Under coverage Vitest turns the compile cache off, also for whatever a test starts; nothing is measured there, and it all starts slower.
delete process.env['NODE_DISABLE_COMPILE_CACHE'];
