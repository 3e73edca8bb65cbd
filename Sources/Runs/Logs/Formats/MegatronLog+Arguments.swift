import Schedules

extension MegatronLog {
  /// The arguments that Megatron-LM prints before training; nil without them.
  ///
  /// They stand between the rules `---- arguments ----` and `---- end of arguments ----` as lines `name .....
  /// value`, perhaps behind a launcher's prefix. Of several lists the last counts.
  static func arguments(in output: ArraySlice<UInt8>) -> ParameterValue? {
    var arguments: [String: ParameterValue]?
    var isInside = false
    for line in output.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(whereSeparator: { $0 <= 0x20 }).map {
        String(decoding: $0, as: UTF8.self)
      }
      let isRule = words.last?.allSatisfy { $0 == "-" } ?? false
      if isRule, words.dropLast().last == "arguments" {
        isInside = !words.contains("end")
        if isInside { arguments = [:] }
      } else if isInside,
        let dots = words.dropFirst().firstIndex(where: { $0.allSatisfy { $0 == "." } })
      {
        let value = words[(dots + 1)...].joined(separator: " ")
        arguments?[words[dots - 1]] = value == "None" ? .null : .text(value)
      }
    }
    return arguments.map { .object($0) }
  }
}
