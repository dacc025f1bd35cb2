#include "store/pq_library.h"

#include <optional>

#include "core/late_library.h"

namespace leaksift {
namespace {

std::optional<PqLibrary> load() {
  const LateLibrary file("libpq.so.5");
  PqLibrary pq;
  const bool is_whole =
      file.find("PQclear", pq.clear) &&
      file.find("PQconnectdbParams", pq.connect_with) &&
      file.find("PQconninfoFree", pq.conninfo_free) &&
      file.find("PQconninfoParse", pq.conninfo_parse) &&
      file.find("PQerrorMessage", pq.error_message) &&
      file.find("PQexec", pq.exec) &&
      file.find("PQexecPrepared", pq.exec_prepared) &&
      file.find("PQfinish", pq.finish) &&
      file.find("PQgetlength", pq.get_length) &&
      file.find("PQgetvalue", pq.get_value) &&
      file.find("PQntuples", pq.ntuples) &&
      file.find("PQparameterStatus", pq.parameter_status) &&
      file.find("PQpingParams", pq.ping_with) &&
      file.find("PQprepare", pq.prepare) &&
      file.find("PQresultErrorField", pq.result_error_field) &&
      file.find("PQresultStatus", pq.result_status) &&
      file.find("PQsetNoticeProcessor", pq.set_notice_processor) &&
      file.find("PQstatus", pq.status);
  return is_whole ? std::optional(pq) : std::nullopt;
}

}  // namespace

const PqLibrary* PqLibrary::get() {
  static const std::optional<PqLibrary> kLibrary = load();
  return kLibrary ? &*kLibrary : nullptr;
}

}  // namespace leaksift
