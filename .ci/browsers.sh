# Finds a Node.js for Playwright, which drives the browsers of the tests and needs version 20. Debian
# 12's is older: then the one inside Playwright's own driver bundle is taken (200 MB, once).
# Sourced by ./test.
playwright_node() {
  local found version architecture node
  found=${PLAYWRIGHT_NODEJS_PATH:-$(command -v node || true)}
  if [ -n "$found" ] && "$found" -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; then
    echo "$found"
    return
  fi
  version=$(sed -n 's:.*<playwright.version>\(.*\)</playwright.version>.*:\1:p' pom.xml)
  case "$(uname -m)" in
    aarch64) architecture=linux-arm64 ;;
    *) architecture=linux ;;
  esac
  node=$PWD/target/playwright-$version/driver/$architecture/node
  if [ ! -x "$node" ]; then
    echo "fetching Node.js for the browser tests" >&2
    mvn -B -q -N dependency:unpack "-Dartifact=com.microsoft.playwright:driver-bundle:$version" \
      "-DoutputDirectory=$PWD/target/playwright-$version" \
      "-Dmdep.unpack.includes=driver/$architecture/node" >&2 </dev/null
    chmod 755 "$node"
  fi
  echo "$node"
}

PLAYWRIGHT_NODEJS_PATH=$(playwright_node)
export PLAYWRIGHT_NODEJS_PATH
