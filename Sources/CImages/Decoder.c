#include "Decoder.h"

#include <stdlib.h>
#include <string.h>

void mottle_image_fail(mottle_image_decoder *decoder, const char *reason) {
    strncpy(decoder->reason, reason, sizeof decoder->reason - 1);
    longjmp(decoder->escape, 1);
}

uint8_t *mottle_image_memory(mottle_image_decoder *decoder, size_t count) {
    uint8_t *memory = malloc(count);
    if (memory == NULL) { mottle_image_fail(decoder, "no memory for its pixels"); }
    return memory;
}

/// Gives up an image, whatever state it is in.
static void give_up(mottle_image_decoder *decoder) {
    if (decoder->format == MOTTLE_IMAGE_PNG) { mottle_png_close(decoder); }
    else { jpeg_abort_decompress(&decoder->jpeg); }
    free(decoder->row);
    decoder->row = NULL;
    decoder->conversion = NULL;
    decoder->is_open = false;
}

/// Makes an error from here on end in a return from the function that this stands in.
#define CATCH_ERRORS(decoder) \
    if (setjmp((decoder)->escape)) { \
        give_up(decoder); \
        return (decoder)->reason; \
    }

mottle_image_decoder *mottle_image_decoder_create(void) {
    mottle_image_decoder *decoder = calloc(1, sizeof *decoder);
    if (decoder == NULL) { return NULL; }
    if (setjmp(decoder->escape)) {
        free(decoder);
        return NULL;
    }
    mottle_jpeg_create(decoder);
    return decoder;
}

void mottle_image_decoder_destroy(mottle_image_decoder *decoder) {
    give_up(decoder);
    jpeg_destroy_decompress(&decoder->jpeg);
    free(decoder);
}

const char *mottle_image_open(
    mottle_image_decoder *decoder, mottle_image_format format, const uint8_t *bytes, size_t count,
    mottle_image_header *header) {
    give_up(decoder);
    decoder->format = format;
    CATCH_ERRORS(decoder)
    if (format == MOTTLE_IMAGE_PNG) { mottle_png_open(decoder, bytes, count); }
    else { mottle_jpeg_open(decoder, bytes, count); }
    decoder->is_open = true;
    *header = decoder->header;
    return NULL;
}

const char *mottle_image_begin(mottle_image_decoder *decoder, int channels) {
    if (!decoder->is_open) { return "no image is open"; }
    CATCH_ERRORS(decoder)
    if (decoder->format == MOTTLE_IMAGE_PNG) { mottle_png_begin(decoder, channels); }
    else { mottle_jpeg_begin(decoder, channels); }
    return NULL;
}

const char *mottle_image_read(mottle_image_decoder *decoder, uint8_t *rows, size_t stride, uint32_t count) {
    if (!decoder->is_open) { return "no image is open"; }
    CATCH_ERRORS(decoder)
    if (decoder->format == MOTTLE_IMAGE_PNG) { mottle_png_read(decoder, rows, stride, count); }
    else { mottle_jpeg_read(decoder, rows, stride, count); }
    return NULL;
}

const char *mottle_image_end(mottle_image_decoder *decoder) {
    if (!decoder->is_open) { return "no image is open"; }
    CATCH_ERRORS(decoder)
    if (decoder->format == MOTTLE_IMAGE_PNG) { mottle_png_end(decoder); }
    else { mottle_jpeg_end(decoder); }
    give_up(decoder);
    return NULL;
}
