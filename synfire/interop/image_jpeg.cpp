// JPEG: markers by our own reader, the pixels by libjpeg. Its errors jump to where it was called; nothing that needs destroying lies between.
#include <csetjmp>
#include <cstdio>

#include <jerror.h>
#include <jpeglib.h>

#include "synfire/base/format.h"
#include "synfire/interop/image.h"

namespace synfire::detail {
namespace {

constexpr int64_t kPixelsAByte = 512;  // a block of 8 x 8 pixels takes one bit at least
constexpr int kMaxScans = 100;         // of a progressive file; more only serve to keep a reader busy

// Orientation from the Exif segment: tag 0x0112 of the first directory of a TIFF structure. 1 where anything is odd.
int exif_orientation(Bytes segment) {
  if (!text_of(segment).starts_with(std::string_view("Exif\0\0", 6)) || segment.size() < 20) return 1;
  Bytes tiff = segment.subspan(6);
  bool little = text_of(tiff).starts_with("II*");
  auto number = [&](size_t at, size_t n) {
    uint32_t v = 0;
    for (size_t i = 0; i < n; ++i) v = v << 8 | uint32_t(tiff[little ? at + n - 1 - i : at + i]);
    return v;
  };
  size_t directory = number(4, 4);
  if (directory > tiff.size() || tiff.size() - directory < 2) return 1;
  size_t entries = number(directory, 2);
  for (size_t i = 0; i < entries && directory + 2 + 12 * (i + 1) <= tiff.size(); ++i) {
    size_t entry = directory + 2 + 12 * i;
    if (number(entry, 2) != 0x0112) continue;
    uint32_t v = number(entry + 8, 2);
    return v >= 1 && v <= 8 ? int(v) : 1;
  }
  return 1;
}

struct Escape {
  jpeg_error_mgr manager;  // first: libjpeg knows only this
  std::jmp_buf back;
  char why[JMSG_LENGTH_MAX];
  bool cut;
};

[[noreturn]] void on_error(j_common_ptr cinfo) {
  auto* e = reinterpret_cast<Escape*>(cinfo->err);
  e->manager.format_message(cinfo, e->why);
  std::longjmp(e->back, 1);
}
void on_message(j_common_ptr cinfo, int level) {
  auto* e = reinterpret_cast<Escape*>(cinfo->err);
  if (level < 0 && (e->manager.msg_code == JWRN_JPEG_EOF || e->manager.msg_code == JWRN_HIT_MARKER)) e->cut = true;
}
void on_progress(j_common_ptr cinfo) {
  if (reinterpret_cast<j_decompress_ptr>(cinfo)->input_scan_number > kMaxScans) ERREXIT(cinfo, JERR_BAD_PROGRESSION);
}

// False with the reason in `e`.
bool decode(Escape& e, const unsigned char* data, unsigned long size, JDIMENSION height, JDIMENSION width, int channels, uint8_t* pixels) {
  jpeg_decompress_struct cinfo{};
  jpeg_progress_mgr progress{};
  cinfo.err = jpeg_std_error(&e.manager);
  e.manager.error_exit = on_error, e.manager.emit_message = on_message;
  e.cut = false, e.why[0] = 0;
  if (setjmp(e.back)) {
    jpeg_destroy_decompress(&cinfo);
    return false;
  }
  jpeg_create_decompress(&cinfo);
  progress.progress_monitor = on_progress, cinfo.progress = &progress;
  jpeg_mem_src(&cinfo, const_cast<unsigned char*>(data), size);
  jpeg_read_header(&cinfo, TRUE);
  cinfo.out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&cinfo);
  if (cinfo.output_height != height || cinfo.output_width != width || cinfo.output_components != channels) ERREXIT(&cinfo, JERR_BAD_LENGTH);
  while (cinfo.output_scanline < height) {
    JSAMPROW row = pixels + size_t(cinfo.output_scanline) * width * size_t(channels);
    jpeg_read_scanlines(&cinfo, &row, 1);
  }
  jpeg_finish_decompress(&cinfo);
  jpeg_destroy_decompress(&cinfo);
  return !e.cut;
}

}  // namespace

ImageInfo jpeg_info(Reader r) {
  size_t size = r.left();
  ImageInfo info;
  info.jpeg = true;
  r.take(2, "the start marker");
  while (true) {
    if (r.big<uint8_t>("a marker") != 0xff) r.fail("has no marker where one must be", "the file is damaged");
    uint8_t marker = r.big<uint8_t>("a marker");
    while (marker == 0xff) marker = r.big<uint8_t>("a marker");
    if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) continue;  // no length follows
    if (marker == 0xd9 || marker == 0xda) r.fail("has no header before its pixels", "the file is damaged");
    uint16_t length = r.big<uint16_t>("the length of a segment");
    if (length < 2) r.fail("has a segment of no length", "the file is damaged");
    Bytes segment = r.take(uint64_t{length} - 2, "a segment");
    if (marker == 0xe1 && info.orientation == 1) info.orientation = exif_orientation(segment);
    if (marker < 0xc0 || marker > 0xcf || marker == 0xc4 || marker == 0xc8 || marker == 0xcc) continue;
    if (marker > 0xc2) r.fail("is a JPEG of a rare kind (lossless or arithmetic), which is not read", "any picture program saves it as a plain JPEG or PNG");
    Reader frame(segment, r.file());
    int depth = frame.big<uint8_t>("the depth");
    int64_t height = frame.big<uint16_t>("the height"), width = frame.big<uint16_t>("the width");
    int parts = frame.big<uint8_t>("the number of components");
    if (depth != 8) r.fail(fmt::format("has {} bits a sample, 8 are read", depth), "any picture program saves it as a plain JPEG or PNG");
    if (parts != 1 && parts != 3) r.fail(fmt::format("has {} components: a picture for print (CMYK) is not read", parts), "any picture program saves it as RGB");
    if (height * width > int64_t(size) * kPixelsAByte) r.fail(fmt::format("claims {} x {} pixels, more than its {} bytes can hold", height, width, size), "the header is damaged");
    info.height = info.orientation >= 5 ? width : height, info.width = info.orientation >= 5 ? height : width;
    info.colour = parts == 3;
    return info;
  }
}

void decode_jpeg(Bytes bytes, const std::string& file, int64_t height, int64_t width, int64_t channels, uint8_t* pixels) {
  Escape e;
  if (decode(e, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), JDIMENSION(height), JDIMENSION(width), int(channels), pixels)) return;
  fail(Code::data, {file}, fmt::format("cannot be decoded: {}", e.cut ? "it ends early" : e.why), "the file is cut off or damaged");
}

}  // namespace synfire::detail
