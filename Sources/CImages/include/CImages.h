#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Decodes images of PNG and JPEG one after another, for one thread at a time.
///
/// libpng and libjpeg report errors by longjmp; each function here catches the jump before it returns, so no frame of Swift
/// is ever jumped over. Functions that return a text return NULL when all went well, and otherwise why it did not: the text
/// stands until the decoder's next call, and the image is given up.
typedef struct mottle_image_decoder mottle_image_decoder;

typedef enum { MOTTLE_IMAGE_PNG, MOTTLE_IMAGE_JPEG } mottle_image_format;

typedef struct {
    uint32_t width;
    uint32_t height;
    /// Whether pixels may be other than grey.
    bool has_colour;
} mottle_image_header;

/// NULL when there is no memory.
mottle_image_decoder *mottle_image_decoder_create(void);

void mottle_image_decoder_destroy(mottle_image_decoder *decoder);

/// Reads what comes before an image's pixels, and gives up any image before it. No memory is taken that depends on the
/// image's size. The bytes must stand until the image is ended.
const char *mottle_image_open(
    mottle_image_decoder *decoder, mottle_image_format format, const uint8_t *bytes, size_t count,
    mottle_image_header *header);

/// Prepares for pixels of 8 bits in 1 channel, grey, or 3: red, green and blue.
///
/// Alpha and transparent colours are left out, 16 bits become 8 by round(v / 257), colours become grey by
/// (19595 red + 38470 green + 7471 blue + 2^15) / 2^16 (ITU-R BT.601), in JPEG by taking their luma where that is stored.
/// Colours of CMYK are taken as Adobe stores them: inverted.
const char *mottle_image_begin(mottle_image_decoder *decoder, int channels);

/// Writes the next rows, each `stride` bytes behind the one before it.
const char *mottle_image_read(mottle_image_decoder *decoder, uint8_t *rows, size_t stride, uint32_t count);

/// Reads what comes behind the pixels, once all rows are read: the image is whole only when this says so.
const char *mottle_image_end(mottle_image_decoder *decoder);
