import Glibc

/// The arguments of the command line, the command's name left out.
///
/// The Swift runtime reads them from /proc. A fully static binary may stand in a bare root folder, without
/// /proc, and there takes them from the C library instead. For its backtraces the runtime also wants the path
/// of the program, before anything of the program runs, and ends the process where it finds none.
enum ProcessArguments {
  fileprivate typealias CStrings = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  /// The C library's, in a static binary; written once, before the runtime begins.
  nonisolated(unsafe) fileprivate static var count: Int32 = 0
  nonisolated(unsafe) fileprivate static var strings: CStrings?

  /// All of them, in order.
  static var all: [String] {
    guard CommandLine.arguments.isEmpty, let strings else {
      return Array(CommandLine.arguments.dropFirst())
    }
    return (0..<Int(count)).dropFirst().compactMap { strings[$0].map { String(cString: $0) } }
  }
}

#if STATIC_EXECUTABLE
  /// Called by the C library before the runtime begins, so that nothing here may need the runtime.
  @section(".preinit_array") @used
  private let beforeRuntime:
    @convention(c) (Int32, ProcessArguments.CStrings?, ProcessArguments.CStrings?) -> Void = {
      count, strings, _ in
      ProcessArguments.count = count
      ProcessArguments.strings = strings
      // Any folder will do: the program that prints backtraces is looked for there, and not found.
      if access("/proc/self/exe", F_OK) != 0 { setenv("SWIFT_ROOT", "/", 0) }
    }
#endif
