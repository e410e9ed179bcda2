// Compiles the descriptions of a folder to Python, with Kaitai's own compiler; says which it refuses.
const fs = require("fs"), path = require("path");
const [folder, out, modules] = process.argv.slice(2);
const load = (name) => require(path.join(modules, "node_modules", name));
const compiler = load("kaitai-struct-compiler"), yaml = load("yaml");
const read = (file) => yaml.parse(fs.readFileSync(file, "utf8"));
const imports = {
  importYaml(name) {
    const plain = name.replace(/^\//, "") + ".ksy";
    const places = [path.join(folder, plain), path.join(folder, "lib", plain)];
    return Promise.resolve(read(places.find((place) => fs.existsSync(place))));
  },
};
(async () => {
  for (const file of fs.readdirSync(folder).filter((file) => file.endsWith(".ksy"))) {
    try {
      const made = await compiler.compile("python", read(path.join(folder, file)), imports, false);
      for (const name in made) fs.writeFileSync(path.join(out, name), made[name]);
      console.log(file + " ok");
    } catch (error) {
      console.log(file + " refused " + String(error.message || error).replace(/\s+/g, " "));
    }
  }
})();
