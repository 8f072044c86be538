#include "Decoder.h"

#include <jerror.h>

/// Encoders make about ten scans of a progressive image; each of thousands would go through all its pixels.
#define LARGEST_SCAN_COUNT 100

static void fail(j_common_ptr jpeg) {
    char reason[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, reason);
    mottle_image_fail(jpeg->client_data, reason);
}

/// Where data are damaged libjpeg warns, and goes on with grey pixels; nobody should learn from those.
static void judge_message(j_common_ptr jpeg, int level) {
    if (level >= 0) { return; }
    // These are about notes in the header that do not touch the pixels.
    if (jpeg->err->msg_code == JWRN_JFIF_MAJOR || jpeg->err->msg_code == JWRN_ADOBE_XFORM) { return; }
    fail(jpeg);
}

static void limit_scans(j_common_ptr jpeg) {
    if (((j_decompress_ptr)jpeg)->input_scan_number <= LARGEST_SCAN_COUNT) { return; }
    char reason[JMSG_LENGTH_MAX];
    snprintf(reason, sizeof reason, "more than %d scans found", LARGEST_SCAN_COUNT);
    mottle_image_fail(jpeg->client_data, reason);
}

void mottle_jpeg_create(mottle_image_decoder *decoder) {
    decoder->format = MOTTLE_IMAGE_JPEG;
    decoder->jpeg.err = jpeg_std_error(&decoder->errors);
    decoder->errors.error_exit = fail;
    decoder->errors.emit_message = judge_message;
    decoder->jpeg.client_data = decoder;
    jpeg_create_decompress(&decoder->jpeg);
    decoder->progress.progress_monitor = limit_scans;
    decoder->jpeg.progress = &decoder->progress;
}

void mottle_jpeg_open(mottle_image_decoder *decoder, const uint8_t *bytes, size_t count) {
    j_decompress_ptr jpeg = &decoder->jpeg;
    jpeg_mem_src(jpeg, bytes, count);
    jpeg_read_header(jpeg, TRUE);
    decoder->header = (mottle_image_header){
        .width = jpeg->image_width,
        .height = jpeg->image_height,
        .has_colour = jpeg->jpeg_color_space != JCS_GRAYSCALE,
    };
}

/// round(colour · white / 255), where white is what black ink leaves: what red, green or blue an inverted ink stands for.
static uint32_t printed(uint32_t colour, uint32_t white) {
    uint32_t product = colour * white + 128;
    return (product + (product >> 8)) >> 8;
}

static void cmyk_to_rgb(const uint8_t *from, uint8_t *to, uint32_t width) {
    for (uint32_t x = 0; x < width; x++, from += 4, to += 3) {
        for (int colour = 0; colour < 3; colour++) { to[colour] = (uint8_t)printed(from[colour], from[3]); }
    }
}

static void cmyk_to_grey(const uint8_t *from, uint8_t *to, uint32_t width) {
    for (uint32_t x = 0; x < width; x++, from += 4) {
        to[x] = mottle_luma(printed(from[0], from[3]), printed(from[1], from[3]), printed(from[2], from[3]));
    }
}

void mottle_jpeg_begin(mottle_image_decoder *decoder, int channels) {
    j_decompress_ptr jpeg = &decoder->jpeg;
    if (jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK) {
        jpeg->out_color_space = JCS_CMYK;
        decoder->conversion = channels == 3 ? cmyk_to_rgb : cmyk_to_grey;
        decoder->row = mottle_image_memory(decoder, (size_t)decoder->header.width * 4);
    } else {
        jpeg->out_color_space = channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
    }
    // The one whose bits no processor changes.
    jpeg->dct_method = JDCT_ISLOW;
    // It smooths what is missing in files that end early, which are refused.
    jpeg->do_block_smoothing = FALSE;
    jpeg_start_decompress(jpeg);
}

void mottle_jpeg_read(mottle_image_decoder *decoder, uint8_t *rows, size_t stride, uint32_t count) {
    enum { most = 16 };  // rows that libjpeg makes at once, at most
    for (uint32_t y = 0; y < count;) {
        JSAMPROW targets[most];
        uint32_t wanted = 1;
        if (decoder->conversion != NULL) {
            targets[0] = decoder->row;
        } else {
            for (wanted = 0; wanted < most && y + wanted < count; wanted++) {
                targets[wanted] = rows + (y + wanted) * stride;
            }
        }
        uint32_t read = jpeg_read_scanlines(&decoder->jpeg, targets, wanted);
        if (read == 0) { mottle_image_fail(decoder, "its rows end early"); }
        if (decoder->conversion != NULL) { decoder->conversion(decoder->row, rows + y * stride, decoder->header.width); }
        y += read;
    }
}

void mottle_jpeg_end(mottle_image_decoder *decoder) { jpeg_finish_decompress(&decoder->jpeg); }
