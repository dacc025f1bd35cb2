// libpq, which is loaded when it is first used (core/late_library.h).
#pragma once

#include <libpq-fe.h>

namespace leaksift {

// Its functions, by their names without "PQ".
struct PqLibrary {
  // Null where it is not installed.
  static const PqLibrary* get();

  decltype(&::PQclear) clear = nullptr;
  decltype(&::PQconnectdbParams) connect_with = nullptr;
  decltype(&::PQconninfoFree) conninfo_free = nullptr;
  decltype(&::PQconninfoParse) conninfo_parse = nullptr;
  decltype(&::PQerrorMessage) error_message = nullptr;
  decltype(&::PQexec) exec = nullptr;
  decltype(&::PQexecPrepared) exec_prepared = nullptr;
  decltype(&::PQfinish) finish = nullptr;
  decltype(&::PQgetlength) get_length = nullptr;
  decltype(&::PQgetvalue) get_value = nullptr;
  decltype(&::PQntuples) ntuples = nullptr;
  decltype(&::PQparameterStatus) parameter_status = nullptr;
  decltype(&::PQpingParams) ping_with = nullptr;
  decltype(&::PQprepare) prepare = nullptr;
  decltype(&::PQresultErrorField) result_error_field = nullptr;
  decltype(&::PQresultStatus) result_status = nullptr;
  decltype(&::PQsetNoticeProcessor) set_notice_processor = nullptr;
  decltype(&::PQstatus) status = nullptr;
};

}  // namespace leaksift
