import Glibc

/// Writes all of a text to an open file, however many pieces the system takes it in.
///
/// - Parameters:
///   - text: the text.
///   - descriptor: a file that is open for writing.
/// - Returns: 0, or the system's code for why the rest could not be written.
/// - Complexity: O(length).
package func writeWhole(_ text: String, to descriptor: Int32) -> Int32 {
  var text = text
  return text.withUTF8 { bytes in
    var start = 0
    while start < bytes.count, let base = bytes.baseAddress {
      let count = write(descriptor, base + start, bytes.count - start)
      if count < 0 {
        if errno == EINTR { continue }
        return errno
      }
      start += count
    }
    return 0
  }
}
