#include "cli/dane/check_output.h"

#include "cli/dane/check_service.h"
#include "cli/dane/check_service_text.h"
#include "cli/dane/check_text.h"
#include "cli/layout.h"
#include "src/io/run_task.h"

namespace cli::dane {
namespace {

Telling telling_of(const CheckJob& job) {
  return {Paint(), output_columns(), job.verbose};
}

Output host_output(const Surroundings& here, resolver::Resolver& resolver,
                   const CheckJob& job) {
  Checked checked = io::run_task(here.loop, check_host(here, resolver, job));
  here.waiting.clear();
  checked.every = job.every;
  Output out{outcome_of(checked), json_of(job, checked), "", std::nullopt};
  if (checked.error && out.outcome != Outcome::findings) {
    out.instead = checked.error;
  } else {
    out.text = text_of(job, checked, telling_of(job), here.contact.moment());
  }
  return out;
}

Output service_output(const Surroundings& here, resolver::Resolver& resolver,
                      const CheckJob& job) {
  const CheckedService service =
      io::run_task(here.loop, check_service(here, resolver, job));
  here.waiting.clear();
  Output out{outcome_of(service), json_of(job, service), "", service.error};
  if (!service.error) {
    out.text = text_of(job, service, telling_of(job), here.contact.moment());
  }
  return out;
}

}  // namespace

Output check_output(const Surroundings& here, resolver::Resolver& resolver,
                    const CheckJob& job) {
  return job.service ? service_output(here, resolver, job)
                     : host_output(here, resolver, job);
}

}  // namespace cli::dane
